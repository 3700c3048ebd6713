package db

import (
	"context"
	"reflect"
)

// Tried tells whether what a context of Held is for was tried before: it may have
// been done then without our knowing.
func Tried(ctx context.Context) bool {
	h, held := ctx.Value(holdKey{}).(*Hold)
	if !held {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.tried
}

// Once is what was made for an earlier attempt of the same, or is made now: a
// secret that names what may have been written with it. There is one of a type.
func Once[T any](ctx context.Context, fresh func() T) T {
	h, held := ctx.Value(holdKey{}).(*Hold)
	if !held {
		return fresh()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	kind := reflect.TypeFor[T]()
	if made, found := h.made[kind].(T); found {
		return made
	}
	if h.made == nil {
		h.made = map[reflect.Type]any{}
	}
	made := fresh()
	h.made[kind] = made
	return made
}
