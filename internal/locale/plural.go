package locale

import (
	"maps"
	"slices"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// plurals tells which plural form a count takes. go-i18n holds the rules of a
// current CLDR but does not export them (x/text exports those of CLDR 32, which
// do not know Portuguese "many"), so it is asked for a message whose every form
// is the form's own name.
type plurals struct{ names *i18n.Localizer }

const formName = "form"

func newPlurals(tag language.Tag) (plurals, error) {
	bundle := i18n.NewBundle(tag)
	err := bundle.AddMessages(tag, &i18n.Message{
		ID: formName, Zero: "zero", One: "one", Two: "two", Few: "few", Many: "many", Other: other,
	})
	return plurals{i18n.NewLocalizer(bundle, tag.String())}, err
}

// form names the plural form of count; "other", which every language has, in
// the case the library knows no answer.
func (p plurals) form(count int) string {
	name, err := p.names.Localize(&i18n.LocalizeConfig{MessageID: formName, PluralCount: count})
	if err != nil {
		return other
	}
	return name
}

// all lists the forms that whole numbers can take in the language, in order of
// their names. CLDR's rules for whole numbers look at the last two digits and
// at whole millions, so these counts meet every rule.
func (p plurals) all() []string {
	found := map[string]bool{other: true}
	for count := range 200 {
		found[p.form(count)] = true
	}
	found[p.form(1_000_000)] = true
	return slices.Sorted(maps.Keys(found))
}
