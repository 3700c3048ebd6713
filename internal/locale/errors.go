package locale

import "github.com/indywire/indywire/internal/fault"

// i18n: error.*.title error.*.text

// Fault gives the heading and the sentence for a failure of the kind; those of
// fault.Internal for a kind that has none of its own.
func (l *Localizer) Fault(kind fault.Kind) (title, text string) {
	group := "error." + string(kind)
	if _, m := l.find(group + ".title"); m.forms == nil {
		group = "error." + string(fault.Internal)
	}
	return l.T(group + ".title"), l.T(group + ".text")
}

// Field gives the sentence for an input at fault. An int argument "Count" picks
// the plural form.
func (l *Localizer) Field(f fault.Field) string {
	args := make([]any, 0, 2*len(f.Args))
	for name, value := range f.Args {
		args = append(args, name, value)
	}
	if count, ok := f.Args["Count"].(int); ok {
		return l.N(f.Message, count, args...)
	}
	return l.T(f.Message, args...)
}
