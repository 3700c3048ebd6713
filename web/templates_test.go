package web

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"github.com/indywire/indywire/templates"
)

// pageStructs says which struct each page is executed with.
func pageStructs() map[string]any {
	return map[string]any{
		"account/editors":    EditorsPage{},
		"account/governed":   GovernedPage{},
		"account/index":      AccountsPage{},
		"account/invitation": InvitationPage{},
		"account/invited":    InvitedPage{},
		"account/show":       AccountPage{},
		"account/sign_in":    SignInPage{},
		"archive/index":      ArchivePage{},
		"article/gone":       GonePage{},
		"article/show":       ArticlePage{},
		"error/show":         ErrorPage{},
		"feature/desk":       FeatureDeskPage{},
		"feature/discard":    DiscardFeaturePage{},
		"feature/form":       FeatureFormPage{},
		"feature/index":      FeaturesPage{},
		"feature/show":       FeaturePage{},
		"front/show":         FrontPage{},
		"furnish/look":       LookPage{},
		"furnish/page":       EditPage{},
		"furnish/pages":      PagesPage{},
		"furnish/settings":   SettingsPage{},
		"furnish/topics":     TopicsPage{},
		"hidden/index":       HiddenPage{},
		"moderation/index":   LogPage{},
		"network/collective": CollectivePage{},
		"network/index":      NetworkPage{},
		"network/log":        LogPage{},
		"network/nodes":      NodesPage{},
		"network/open":       OpenPage{},
		"network/opened":     OpenedPage{},
		"newsroom/log":       LogPage{},
		"newsroom/index":     NewsroomPage{},
		"newsroom/item":      NewsroomItemPage{},
		"newsroom/remove":    RemovalPage{},
		"newswire/index":     NewswirePage{},
		"page/show":          StaticPage{},
		"portal/show":        PortalPage{},
		"publish/form":       PublishPage{},
		"receipt/ask":        AskReceiptPage{},
		"receipt/show":       ReceiptPage{},
		"search/index":       SearchPage{},
	}
}

// TestTemplatesFitTheirPages finds fields and methods that a template names and
// its struct lacks, in branches that no other test walks too.
func TestTemplatesFitTheirPages(t *testing.T) {
	t.Parallel()
	found, err := parsePages() // what has been shown has been rewritten, with its escaping
	if err != nil {
		t.Fatal(err)
	}
	structs := pageStructs()
	for name, parsed := range found.byName {
		data, ok := structs[name]
		if !ok {
			t.Errorf("page %q has no struct in this table", name)
			continue
		}
		if err := templatecheck.CheckHTML(parsed, data); err != nil {
			t.Errorf("page %q: %v", name, err)
		}
	}
	for name := range structs {
		if _, ok := found.byName[name]; !ok {
			t.Errorf("page %q has no template", name)
		}
	}
}

// TestEveryFieldHasALook finds each type of field of the pages in the style sheets:
// one that is not there has a browser's own, too small for a thumb.
func TestEveryFieldHasALook(t *testing.T) {
	t.Parallel()
	var sheets strings.Builder
	parts, _ := filepath.Glob("../static/css/parts/*.css")
	for _, part := range parts {
		sheet, err := os.ReadFile(part)
		if err != nil {
			t.Fatal(err)
		}
		sheets.Write(sheet)
	}
	field := regexp.MustCompile(`<input[^>]* type="([a-z]+)"`)
	err := fs.WalkDir(templates.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := templates.Files.ReadFile(name)
		for _, found := range field.FindAllSubmatch(text, -1) {
			if kind := string(found[1]); kind != "hidden" && !strings.Contains(sheets.String(), "input[type="+kind+"]") {
				t.Errorf("%s: fields of the type %s have no look", name, kind)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
