package tus

import (
	"context"
	"io"
)

// WithClaim is the context of a request with the claim.
func WithClaim(ctx context.Context, c *Claim) context.Context {
	return context.WithValue(ctx, claimKey{}, c)
}

// Standing tells whether the claim's request may still write.
func (c *Claim) Standing() error { return c.hold.standing() }

// Fenced is what a store reads of r for the claim's request.
func (c *Claim) Fenced(r io.Reader) io.Reader { return &fenced{r, c.hold} }

// Occupy has everybody wait who wants to use the connection, until it is left.
func (l *Locker) Occupy(ctx context.Context) (leave func(), err error) {
	return l.leave, l.enter(ctx)
}
