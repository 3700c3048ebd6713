// Package fault names the kinds of failure the domain can answer with, so that
// the web room alone decides which status code and sentence each becomes.
package fault

import (
	"errors"
	"fmt"
)

// Kind is what sort of failure happened, seen from the caller's side.
type Kind string

// The kinds. web maps each to a status code and a translated sentence.
const (
	Internal    Kind = "internal"    // our mistake or a broken part
	NotFound    Kind = "not_found"   // no such thing here
	Invalid     Kind = "invalid"     // the input is at fault; Fields say where
	Denied      Kind = "denied"      // this person, or a frozen site, may not
	Conflict    Kind = "conflict"    // the thing is in another state than the act needs
	Gone        Kind = "gone"        // it was here, and is deleted for good
	Busy        Kind = "busy"        // try again later
	TooLarge    Kind = "too_large"   // more bytes than the stated limit
	Unsupported Kind = "unsupported" // a file of a kind that nobody takes here
	Full        Kind = "full"        // our disk has no room left
)

// Field is one input that is at fault. Message is a message key of the
// catalogue (internal/locale), Args its values; neither is shown raw.
type Field struct {
	Name    string
	Message string
	Args    map[string]any
}

// Error is a failure of a known kind. Message is for logs and developers and
// holds no person's text; people read a translated sentence chosen by web.
type Error struct {
	Kind    Kind
	Message string
	Fields  []Field
	Err     error
}

// Error implements error.
func (e *Error) Error() string {
	if e.Err == nil {
		return string(e.Kind) + ": " + e.Message
	}
	return fmt.Sprintf("%s: %s: %v", e.Kind, e.Message, e.Err)
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Err }

// New makes an error of the kind; message holds no person's text.
func New(kind Kind, message string) error { return &Error{Kind: kind, Message: message} }

// Wrap gives err a kind and says what was being done; nil stays nil.
func Wrap(kind Kind, message string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Kind: kind, Message: message, Err: err}
}

// InvalidFields makes an Invalid error that names the inputs at fault; without
// fields it is nil, so that a check can end with it.
func InvalidFields(fields ...Field) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Message: "fields at fault", Fields: fields}
}

// KindOf tells the kind of err: Internal for an error that carries none, and
// the empty kind for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Fields gives the inputs at fault that err carries, none if it carries none.
func Fields(err error) []Field {
	var e *Error
	if errors.As(err, &e) {
		return e.Fields
	}
	return nil
}

// Is tells whether err is of the kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }
