package main

import (
	"context"
	"errors"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
)

// Exit statuses.
const (
	exitFailure = 1
	exitUsage   = 2
)

// complaint is an error whose text is a sentence for whoever typed the command.
type complaint struct {
	sentence string
	status   int
}

func (c complaint) Error() string { return c.sentence }

// failure is what went wrong although the command was right.
func failure(sentence string) error { return complaint{sentence, exitFailure} }

// wrongUsage is a command that cannot be carried out as it was written.
func wrongUsage(sentence string) error { return complaint{sentence, exitUsage} }

// explain gives the one sentence that says what to do, and the exit status.
func (p *program) explain(err error) (sentence string, status int) {
	if c, ok := errors.AsType[complaint](err); ok {
		return c.sentence, c.status
	}
	if parse, ok := errors.AsType[*kong.ParseError](err); ok {
		return oneLine(parse.Error()) + " (indywire --help says what there is)", exitUsage
	}
	if errors.Is(err, context.Canceled) {
		return "stopped before it was done: run it again to carry on", exitFailure
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return oneLine(err.Error()), exitFailure
	}
	if len(f.Fields) > 0 {
		return p.fieldSentences(f.Fields), statusOf(f.Kind)
	}
	p.log.Error("the command failed", "error", err)
	title, text := p.catalog.Localizer(locale.English).Fault(f.Kind)
	return title + ": " + text, statusOf(f.Kind)
}

func statusOf(kind fault.Kind) int {
	if kind == fault.Invalid {
		return exitUsage
	}
	return exitFailure
}

// fieldSentences names each input at fault as the command line knows it.
func (p *program) fieldSentences(fields []fault.Field) string {
	l := p.catalog.Localizer(locale.English)
	said := make([]string, len(fields))
	for i, f := range fields {
		name := "--" + strings.ReplaceAll(f.Name, "_", "-")
		switch f.Name {
		case "slug", "email":
			name = strings.ToUpper(f.Name)
		case "password":
			name = "the password"
		}
		said[i] = name + ": " + l.Field(f)
	}
	return strings.Join(said, " ")
}

// oneLine brings what several errors said into one line.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' }), "; ")
}
