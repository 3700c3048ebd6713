package photo

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/sandbox"
)

func TestHowADecoderEndsSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		ended, want error
		kind        fault.Kind
	}{
		{sandbox.ErrTimeout, ErrTooHeavy, fault.Invalid},
		{fmt.Errorf("%w: memory", sandbox.ErrTooMuch), ErrTooHeavy, fault.Invalid},
		{fmt.Errorf("%w: status 1", sandbox.ErrFailed), ErrBroken, fault.Invalid},
		{context.Canceled, context.Canceled, fault.Internal},
		{fault.New(fault.Busy, "no sandbox"), nil, fault.Busy},
	} {
		got := refusal(test.ended)
		if test.want != nil && !errors.Is(got, test.want) || fault.KindOf(got) != test.kind {
			t.Errorf("%v became %v", test.ended, got)
		}
	}
}
