package enforce

import "strings"

// Comment makes text safe to stand in a one-line comment of any device's
// language, and at most limit bytes long (at least 3). Names come from users'
// files and may hold anything: what is left is printable ASCII without the
// characters that end a comment, quote, escape or expand in one of the
// languages that targets write. Everything else becomes an underscore. Runs of
// dashes stay, because an id must stay as it is: a target that writes XML has
// to break them up itself.
func Comment(text string, limit int) string {
	var b strings.Builder
	for _, r := range text {
		if r < ' ' || r > '~' || strings.ContainsRune("\"`\\*<>${}", r) {
			r = '_'
		}
		if b.Len() > limit {
			break
		}
		b.WriteRune(r)
	}
	out := strings.TrimSpace(b.String())
	if len(out) > limit {
		return out[:max(limit, 3)-3] + "..."
	}
	return out
}
