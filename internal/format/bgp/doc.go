// Package bgp decodes the messages of the Border Gateway Protocol, version 4
// (RFC 4271): their header, OPEN with its capabilities, UPDATE with its path
// attributes and prefixes of many families, and NOTIFICATION.
//
// # Promises
//
//   - Walking messages, attributes and prefixes does not allocate.
//   - Input is hostile: every length is checked and no input makes the package
//     panic.
//   - A damaged UPDATE gives what can be told of it, and says how a router has to
//     treat it (RFC 7606): see [Update.Parse] and [Treatment].
//
// # What to use first
//
// [NextMessage] takes messages from a stream. [ParseOpen] and [Negotiate] say
// how the updates of a session are encoded, and [Update] decodes them:
//
//	var update bgp.Update
//	var routes bgp.Routes
//	if err := update.Parse(message.Body, session); err != nil {
//		... // what could be told apart is there all the same
//	}
//	for _, list := range update.Announced() {
//		for routes.Reset(list); routes.Next(); {
//			route := routes.Route()
//			...
//		}
//	}
//
// AS paths stay as their attribute holds them; package mrt decodes them, and
// knows how the two sizes of AS numbers meet in one route.
package bgp
