package numbers

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
)

// IPLocationDB describes the files of two packages of the ip-location-db
// project, asn and asn-country, as unpacked into the two folders, fetched on
// the day retrieved. The version is read from their package.json.
//
// The packages say of themselves that they hold incorrect data; the caveats of
// the inputs repeat it.
func IPLocationDB(asn, countries fs.FS, retrieved entity.Date) (Inputs, error) {
	in := Inputs{
		Title: "Holders and origins of Internet number resources, from ip-location-db",
		Caveats: []string{
			"The publisher declares that this release and the branch it is made from contain bugs that make data " +
				"incorrect, has ended its line of releases, and asks users to move to its later releases. It does not say which data. " +
				"Treat every answer as a hint to be confirmed.",
			"Origins are merged by priority: IPv4 from RouteViews, then the five registries, then DB-IP; IPv6 from the " +
				"registries, then DB-IP, without routing data. An address can therefore show an AS number that does not announce it.",
			"An address has one origin here, even where several AS numbers announce it. Ranges are merged and are not announced prefixes.",
			"AS numbers to which the source gives no address range are missing. " +
				"A few AS numbers for private or documentation use are present, as the source has them.",
			"Names of holders are mostly DB-IP's; some long ones arrive cut at 80 bytes.",
			"Countries are those to which address space is registered: the country of an AS number is the one that holds the " +
				"largest part of the space it originates, not the country of its registration or of its owner.",
		},
	}
	packages := []struct {
		dir         fs.FS
		name, title string
		files       []string
		form        Form
		licence     string
		attribution string
	}{
		{
			asn, "asn", "ip-location-db asn: RouteViews, NRO and DB-IP, merged",
			[]string{"asn-ipv4.csv", "asn-ipv6.csv"}, Origins,
			"CC-BY-4.0",
			"AS numbers and names: RouteViews (routeviews.org), NRO (nro.net) and DB-IP (https://db-ip.com) via ip-location-db, CC BY 4.0, modified",
		},
		{
			countries, "asn-country", "ip-location-db asn-country: NRO delegation statistics, merged",
			[]string{"asn-country-ipv4.csv", "asn-country-ipv6.csv"}, Countries,
			"CC0-1.0 AND CC-BY-4.0", // the package is CC0, the NRO's data in it CC BY
			"Countries of address space: NRO (nro.net) via ip-location-db, CC BY 4.0, modified",
		},
	}
	for _, p := range packages {
		version, err := packageVersion(p.dir)
		if err != nil {
			return Inputs{}, fmt.Errorf("ip-location-db package %s: %w: unpack the package and name the folder that holds its package.json", p.name, err)
		}
		for _, file := range p.files {
			in.Files = append(in.Files, Input{
				Document: Document{
					Source: entity.Source{
						ID:        "ip-location-db-" + strings.TrimSuffix(file, ".csv"),
						Title:     p.title + " (" + file + ")",
						URL:       "https://github.com/sapics/ip-location-db/tree/main/" + p.name,
						Retrieved: retrieved,
						Licence:   p.licence,
					},
					Version:     version,
					Attribution: p.attribution,
					File:        file,
					Form:        p.form,
				},
				Open: func() (io.ReadCloser, error) { return p.dir.Open(file) },
			})
		}
	}
	return in, nil
}

// packageVersion reads the version out of a package.json.
func packageVersion(dir fs.FS) (string, error) {
	f, err := dir.Open("package.json")
	if err != nil {
		return "", err
	}
	defer f.Close()
	var p struct{ Version string }
	if err := json.NewDecoder(io.LimitReader(f, 1<<20)).Decode(&p); err != nil {
		return "", fmt.Errorf("package.json: %w", err)
	}
	return p.Version, nil
}
