// Package routetext reads the routes that routers and tools print as text: the
// lines of bgpdump -m, the tables of "show ip bgp" (Cisco IOS and its kin, FRR),
// "birdc show route all" and FRR's "show bgp … json".
//
// [Detect] tells the form by the text, [Read] hands out one [Route] at a time.
// Memory is bounded by [MaxLine]; no input makes the package panic.
package routetext
