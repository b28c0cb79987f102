package main

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
	"github.com/cleannet/cleannet/internal/policy"
)

// guarding is the flags that say what a cut may cost.
type guarding struct {
	maxLoss float64
	protect []string
	accept  bool
}

func (g *guarding) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Float64Var(&g.maxLoss, "max-loss", 1, "with --rib: percentage of the table's prefixes that may be lost")
	f.StringArrayVar(&g.protect, "protect", nil, "with --rib: AS number or prefix that must not be lost, besides those the policy protects; repeatable")
	f.BoolVar(&g.accept, "accept-loss", false, "write the files whatever is lost")
}

// check says what the plan costs on the tables, and refuses if it is too much.
func (g *guarding) check(ctx context.Context, s streams, e *enforcing, plan *enforce.Plan, p *policy.Policy) error {
	if len(e.rib) == 0 {
		return nil
	}
	routes, err := enforce.NewRoutes(plan, "carrier")
	if err != nil {
		return err
	}
	protect, err := g.protected(p)
	if err != nil {
		return err
	}
	meter := enforce.NewMeter(protect, routes.Cuts()...)
	unread, err := eachRoute(ctx, s, e.rib, func(_ *mrt.Peer, r *enforce.Route) { meter.Add(r) })
	if err != nil {
		return err
	}
	figures := meter.Figures()
	if err := writeCost(s.err, strings.Join(e.rib, ", "), figures); err != nil {
		return err
	}
	if _, err := io.WriteString(s.err, unreadNote(unread)); err != nil {
		return err
	}
	asked := &figures[len(figures)-1]
	if !(enforce.Guard{MaxShare: g.maxLoss / 100}).Refuses(asked) || g.accept {
		return nil
	}
	if n := len(asked.Protected); n > 0 {
		return usagef("the cut would lose %d protected prefixes, %s among them: narrow it with --level or a waiver, or give --accept-loss",
			n, asked.Protected[0])
	}
	return usagef("the cut would lose %d of %d prefixes, %.2f %%, more than --max-loss %g: narrow it with --level, or give --accept-loss",
		asked.PrefixesLost, asked.Prefixes, 100*asked.Share(), g.maxLoss)
}

// protected returns a test for the routes whose prefixes must not be lost: of
// what the user names, and of what the policy's entries protect by identifier.
func (g *guarding) protected(p *policy.Policy) (func(*enforce.Route) bool, error) {
	var ids []evidence.ID
	for _, text := range g.protect {
		id, err := routeID(text)
		if err != nil {
			return nil, usagef("--protect: %w", err)
		}
		ids = append(ids, id)
	}
	for _, entry := range p.Entries {
		ids = append(ids, entry.Protects.IDs...)
	}
	numbers := make(map[uint32]bool)
	var blocks []netip.Prefix
	for _, id := range ids {
		if n, ok := id.AS(); ok {
			numbers[n] = true
		} else if b, err := netip.ParsePrefix(id.Value()); err == nil {
			blocks = append(blocks, b.Masked())
		}
	}
	return enforce.AnyOf([]enforce.Test{enforce.Numbers(enforce.Origin, numbers), enforce.Within(blocks)}), nil
}

// routeID reads an AS number or a prefix as people write it.
func routeID(text string) (evidence.ID, error) {
	for _, id := range evidence.Guess(text) {
		if _, ok := id.AS(); ok || id.Scheme() == evidence.SchemePrefix || id.Scheme() == evidence.SchemeIP {
			return id, nil
		}
	}
	return evidence.ID{}, fmt.Errorf("%q: want an AS number (AS64496) or a prefix (192.0.2.0/24)", text)
}

// writeCost writes the figures of each cut, a row to a cut.
func writeCost(w io.Writer, table string, figures []enforce.Figures) error {
	var b strings.Builder
	f := &figures[0]
	fmt.Fprintf(&b, "%s: %d routes, %d prefixes, %d IPv4 addresses, %d origins\n", table, f.Routes, f.Prefixes, f.Addresses, f.Origins)
	fmt.Fprintf(&b, "%-18s %12s %20s %22s %10s\n", "lost if cut at", "routes", "prefixes", "IPv4 addresses", "origins")
	for i := range figures {
		f := &figures[i]
		name := f.Name
		if i == len(figures)-1 {
			name = "as these files do"
		}
		fmt.Fprintf(&b, "%-18s %12d %11d %6.2f %% %13d %6.2f %% %10d\n", name, f.RoutesLost, f.PrefixesLost, 100*f.Share(),
			f.AddressesLost, 100*float64(f.AddressesLost)/float64(max(f.Addresses, 1)), f.OriginsLost)
	}
	if n := len(figures[len(figures)-1].Protected); n > 0 {
		fmt.Fprintf(&b, "protected prefixes lost: %d\n", n)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// readWaivers reads the waivers for single sessions; no file has none.
func readWaivers(file string) ([]enforce.Waiver, error) {
	if file == "" {
		return nil, nil
	}
	data, err := readUserFile(file, maxDocument)
	if err != nil {
		return nil, err
	}
	doc, root, err := yamldoc.Parse(file, data)
	if err != nil {
		return nil, usage(err)
	}
	var out []enforce.Waiver
	for _, n := range root.Map("waivers").Need("waivers").List() {
		m := n.Map("id", "peer", "pass", "owner", "until", "reason")
		w := enforce.Waiver{ID: m.Need("id").Text(), Owner: m.Need("owner").Text(), Reason: m.Get("reason").Text()}
		if text := m.Need("peer").Text(); text != "" {
			if w.Peer, err = netip.ParseAddr(text); err != nil {
				m.Get("peer").Note("%q is no address of a neighbour: want one like 192.0.2.1", text)
			}
		}
		if text := m.Need("until").Text(); text != "" {
			if w.Until, err = entity.ParseDate(text); err != nil {
				m.Get("until").Note("%v", err)
			}
		}
		for _, pass := range m.Need("pass").List() {
			id, err := routeID(pass.Text())
			if err != nil {
				pass.Note("%v", err)
			}
			w.Pass = append(w.Pass, id)
		}
		out = append(out, w)
	}
	if err := doc.Err(); err != nil {
		return nil, usage(err)
	}
	return slices.Clip(out), nil
}
