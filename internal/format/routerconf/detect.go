package routerconf

import (
	"bytes"
	"regexp"
)

// Dialect is a language of configurations.
type Dialect string

// Dialects.
const (
	IOS         Dialect = "IOS"                 // with FRR, EOS and IOS-XR
	Junos       Dialect = "Junos"               // braces or set lines
	BIRD        Dialect = "BIRD"                //
	Classic     Dialect = "SR OS, classic"      // of Nokia
	ModelDriven Dialect = "SR OS, model-driven" // of Nokia
)

// Detect tells the dialect by the first bytes of a configuration. Where BGP does
// not stand among them, the marks that such configurations begin with do.
func Detect(head []byte) (Dialect, bool) {
	if bytes.IndexByte(head, 0) >= 0 {
		return "", false
	}
	for _, d := range marks() {
		if d.pattern.Match(head) {
			return d.dialect, true
		}
	}
	return "", false
}

// mark is how a dialect is told.
type mark struct {
	dialect Dialect
	pattern *regexp.Regexp
}

// marks returns the marks, the most telling first.
func marks() []mark {
	return []mark{
		{ModelDriven, modelDrivenMark},
		{Classic, classicMark},
		{BIRD, birdMark},
		{Junos, junosMark},
		{IOS, iosMark},
	}
}

var (
	modelDrivenMark = regexp.MustCompile(`(?m)^\s*/?configure \{\s*$|^\s*/configure router "|^\s*bgp \{\s*\n(?:[^;]*\n)*?\s*neighbor "[^"\n]*" \{[^;]*?peer-as `)
	classicMark     = regexp.MustCompile(`(?m)^# TiMOS-|^\s*echo "BGP Configuration"|^\s*/configure router bgp `)
	birdMark        = regexp.MustCompile(`(?m)^\s*(?:protocol|template)\s+bgp\b[^;\n]*\{?\s*$|^\s*protocol\s+(?:device|kernel|static)\b[^;\n]*\{|^\s*router id [0-9.]+;`)
	junosMark       = regexp.MustCompile(`(?m)^set (?:version|system|routing-options|protocols|groups|interfaces) |^## Last (?:commit|changed)|^\s*(?:protocols|routing-options|routing-instances) \{\s*$|^version "?[0-9]{2}\.[0-9][A-Z0-9.-]*"?;`)
	iosMark         = regexp.MustCompile(`(?m)^router bgp [0-9.]+|^frr (?:version|defaults) |^Building configuration|^!! IOS XR Configuration|^! device: |^! Command: show running-config`)
)
