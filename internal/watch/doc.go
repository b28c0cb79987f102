// Package watch keeps judging while routes come and go: what is judged to be a
// finding appears within seconds of its route, and clears when the last route
// that shows it is gone.
//
// What it promises: a finding is told of once when it appears and once when it
// goes, across restarts, too, where there is a state file; one that comes and
// goes all the time is damped, and that is said; to lose sight of routes is not
// taken for their end; memory is bounded.
//
// A [Watcher] is made with [New] and works in [Watcher.Run]. Feeds (package feed)
// fill its routes through a [Link]; [Sink] receives what it says.
package watch
