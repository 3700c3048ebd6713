// Package drill puts a network of several nodes under fire: each node in a network namespace of its own, with plain links
// between them, a client beside them that reads and posts all the time, and events that take a server or its cable away.
// It measures what people meet meanwhile, and looks afterwards whether all that was acknowledged is there, once.
//
// It is tests and no command: it needs root, leans on what other tests lean on, and nothing of it is shipped.
// `make drill` runs the whole of it; without INDYWIRE_DRILL=1 one cable is pulled once. Linux only.
package drill
