package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/indywire/indywire/internal/fault"
)

func TestKindSurvivesWrapping(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("publish: %w", fault.New(fault.Gone, "article withdrawn"))
	if got := fault.KindOf(err); got != fault.Gone {
		t.Errorf("KindOf = %q, want gone", got)
	}
	if !fault.Is(err, fault.Gone) || fault.Is(nil, fault.Gone) {
		t.Error("Is does not follow the wrapped kind")
	}
}

func TestUnknownErrorsAreInternal(t *testing.T) {
	t.Parallel()
	if got := fault.KindOf(errors.New("disk")); got != fault.Internal {
		t.Errorf("KindOf = %q, want internal", got)
	}
	if fault.KindOf(nil) != "" {
		t.Error("nil has a kind")
	}
}

func TestInvalidFields(t *testing.T) {
	t.Parallel()
	if err := fault.InvalidFields(); err != nil {
		t.Fatalf("no fields gave %v", err)
	}
	err := fault.InvalidFields(fault.Field{Name: "title", Message: "error.required"})
	if got := fault.Fields(fmt.Errorf("x: %w", err)); len(got) != 1 || got[0].Name != "title" {
		t.Errorf("Fields = %v", got)
	}
	if fault.KindOf(err) != fault.Invalid {
		t.Error("not invalid")
	}
}

func TestWrapKeepsNilAndCause(t *testing.T) {
	t.Parallel()
	if fault.Wrap(fault.Busy, "x", nil) != nil {
		t.Error("nil became an error")
	}
	cause := errors.New("cause")
	if !errors.Is(fault.Wrap(fault.Busy, "x", cause), cause) {
		t.Error("cause lost")
	}
}
