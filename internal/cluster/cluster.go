// Package cluster is what a node knows of the network it is part of: how far the
// servers have come, for who has to see what they wrote.
package cluster
