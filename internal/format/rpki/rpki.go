// Package rpki reads what RPKI validators write as JSON: Routinator (json,
// jsonext), rpki-client and those that write alike. It takes the provider
// authorisations (ASPA, draft-ietf-sidrops-aspa-profile), which a customer signs
// to say who its providers are, and counts what else the file holds.
//
// [Read] is all there is. Memory is bounded by the largest object.
package rpki

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cleannet/cleannet/internal/format/stream"
)

// ErrEmpty is the error of JSON that holds no list of a validator.
var ErrEmpty = errors.New("no list of a validator: neither roas nor aspas")

// ASPA is a provider authorisation that a validator has found valid.
type ASPA struct {
	Customer  uint32
	Providers []uint32  // AS 0 says that there is none
	Expires   time.Time // zero if the file does not say
	Anchor    string    // the trust anchor, empty if the file does not say
}

// Counts is what a file holds.
type Counts struct {
	ASPAs, VRPs, Malformed uint64
}

// Plausible reports whether head begins a validator's file.
func Plausible(head []byte) bool {
	text := strings.TrimLeft(string(head[:min(len(head), 4096)]), " \t\r\n\ufeff")
	if !strings.HasPrefix(text, "{") {
		return false
	}
	return slices.ContainsFunc([]string{`"roas"`, `"aspas"`, `"provider_authorizations"`},
		func(key string) bool { return strings.Contains(text, key) })
}

// object has the keys of both families of validators.
type object struct {
	Customer     number   `json:"customer"`
	CustomerASID number   `json:"customer_asid"`
	Providers    []number `json:"providers"`
	ProviderASID []number `json:"provider_asids"`
	Expires      int64    `json:"expires"`
	Anchor       string   `json:"ta"`
}

// number is an AS number written as a number or as "AS64500".
type number struct {
	asn   uint32
	given bool
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `"`)
	if text == "null" {
		return nil
	}
	text = strings.TrimPrefix(strings.TrimPrefix(text, "AS"), "as")
	value, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return &json.UnmarshalTypeError{Value: "AS number " + text}
	}
	*n = number{uint32(value), true}
	return nil
}

// Read calls each for every provider authorisation. The error is that of each,
// wraps [ErrEmpty], or says what is wrong with the JSON.
func Read(r io.Reader, each func(ASPA) error) (Counts, error) {
	var c Counts
	found := false
	err := stream.Arrays(stream.NewReader(r), func(path []string, decode func(any) error) error {
		name := ""
		if len(path) > 0 {
			name = path[0]
		}
		switch name {
		case "roas":
			found = true
			c.VRPs++
		case "aspas", "provider_authorizations":
			found = true
			var o object
			if err := decode(&o); err != nil {
				if _, odd := errors.AsType[*json.UnmarshalTypeError](err); odd {
					c.Malformed++
					return nil
				}
				return err
			}
			a, ok := o.aspa()
			if !ok {
				c.Malformed++
				return nil
			}
			c.ASPAs++
			return each(a)
		}
		return decode(&json.RawMessage{})
	})
	if err == nil && !found {
		err = ErrEmpty
	}
	if err != nil {
		return c, fmt.Errorf("RPKI JSON: %w", err)
	}
	return c, nil
}

// aspa returns the object without what only its spelling is.
func (o *object) aspa() (ASPA, bool) {
	a := ASPA{Customer: o.Customer.asn, Anchor: o.Anchor}
	if o.CustomerASID.given {
		a.Customer = o.CustomerASID.asn
	}
	for _, p := range slices.Concat(o.Providers, o.ProviderASID) {
		if !p.given {
			return a, false
		}
		a.Providers = append(a.Providers, p.asn)
	}
	if o.Expires > 0 {
		a.Expires = time.Unix(o.Expires, 0).UTC()
	}
	return a, a.Customer != 0 && len(a.Providers) > 0
}
