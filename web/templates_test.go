package web

import (
	"testing"

	"github.com/jba/templatecheck"
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
	found, err := loadPages()
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
