// Package name compares names of organisations. It knows their legal forms in
// many laws, reads names in other scripts, forgives typing errors, and explains
// each score as a list of terms with their points.
//
// A name proposes and never decides: an exact identifier does (docs/adr/0008).
// [Score.Band] says how far a score may be relied on. Start with [New],
// [Matcher.Prepare] each name once, and [Compare] pairs of them, or look names
// up in an [Index] of many.
package name
