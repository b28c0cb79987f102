package picture

import (
	_ "embed" // for the styles
	"fmt"
	"strings"

	"github.com/cleannet/cleannet/internal/exposure/sheet"
)

//go:embed picture.css
var pictureStyle string

//go:embed page.css
var pageStyle string

//go:embed page.tmpl
var pageTemplate string

// document puts the body of a drawing into an SVG. Alone it carries its style
// and ground; in a page it has those of the page.
func (d *drawing) document(alone bool, title string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %s" role="img" aria-label="%s"`, width, length(d.y), escape(title))
	if alone {
		fmt.Fprintf(&b, ` width="%d" height="%s"`, width, length(d.y))
	}
	b.WriteString(` class="picture">` + "\n")
	if alone {
		fmt.Fprintf(&b, "<title>%s</title>\n<style>\n%s</style>\n<rect width=\"100%%\" height=\"100%%\" class=\"p-paper\"/>\n", escape(title), pictureStyle)
	}
	// What is not known is hatched, so that it differs where colours do not.
	b.WriteString(`<defs>
<pattern id="h-undecided" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="p-ground-undecided"/><rect width="2.5" height="6" class="p-line-undecided"/></pattern>
<pattern id="h-unresolved" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect width="6" height="6" class="p-ground-unresolved"/><rect width="1.5" height="6" class="p-line-unresolved"/></pattern>
</defs>
`)
	b.WriteString(d.b.String())
	b.WriteString("</svg>\n")
	return b.String()
}

// escape makes text of the data fit for XML.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;").Replace(sheet.Plain(s))
}
