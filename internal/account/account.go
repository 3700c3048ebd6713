// Package account is the people who sign in: who they are, their passwords,
// sessions and invitations, and the one table of who may do what.
package account

// ID names an account in the database.
type ID int64
