package web

import (
	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/modlog"
)

// siteRouter is the table of addresses on a collective's host. Each line names
// the permission it takes; who has it says account.Permission.Roles.
func (s *Server) siteRouter() *table {
	t := s.newTable()

	t.get(account.Read, "/", s.front)
	t.get(account.Read, "/newswire", s.newswire)
	t.get(account.Read, "/features", s.features)
	t.get(account.Read, "/features/{id}", s.leadToFeature)
	t.get(account.Read, "/features/{id}/{slug}", s.showFeature)
	t.get(account.Read, "/topics/{slug}", s.topic)
	t.get(account.Read, "/archive", s.archive)
	t.get(account.Read, "/archive/{year}/{month}", s.archiveMonth)
	t.get(account.Read, "/pages/{slug}", s.showPage)
	t.get(account.Read, "/search", s.search)

	t.get(account.Read, "/hidden", s.hidden)
	t.get(account.Read, "/moderation", s.moderation)
	t.get(account.Read, "/moderation.atom", s.moderationFeed)

	t.get(account.Read, "/feeds/newswire.{format}", s.newswireFeed)
	t.get(account.Read, "/feeds/features.{format}", s.featuresFeed)
	t.get(account.Read, "/feeds/comments.{format}", s.commentsFeed)
	t.get(account.Read, "/feeds/podcast.rss", s.podcast)
	t.get(account.Read, "/topics/{slug}/feed.{format}", s.topicFeed)
	t.get(account.Read, "/robots.txt", s.robots)
	t.get(account.Read, "/sitemap.xml", s.sitemap)
	t.get(account.Read, "/.well-known/security.txt", s.securityTxt)

	t.get(account.Read, "/articles/{id}", s.leadToArticle)
	t.get(account.Read, "/articles/{id}/{slug}", s.showArticle)
	t.post(account.Publish, "/articles/{id}/comments", s.postComment)
	t.post(account.Publish, "/articles/{id}/reports", s.postReport)

	t.get(account.Publish, "/publish", s.publishForm)
	t.post(account.Publish, "/publish", s.publish)
	t.post(account.Publish, "/publish/draft", s.draft)
	s.uploads(t)
	t.get(account.Return, "/receipts", s.receiptForm)
	t.post(account.Return, "/receipts", s.findReceipt)
	t.get(account.Return, "/receipts/{code}", s.showReceipt)
	t.post(account.Return, "/receipts/{code}", s.actOnReceipt)

	t.get(account.Read, "/media/{id}/{rendition}", s.siteMedia)

	s.wayIn(t)
	t.get(account.Moderate, "/newsroom", s.newsroom)
	t.get(account.Moderate, "/newsroom/articles/{id}", s.newsroomItem(modlog.Article))
	t.post(account.Moderate, "/newsroom/articles/{id}/hide", s.act(modlog.Article, modlog.Hide))
	t.post(account.Moderate, "/newsroom/articles/{id}/show", s.act(modlog.Article, modlog.Show))
	t.post(account.Moderate, "/newsroom/articles/{id}/rank", s.act(modlog.Article, modlog.Rank))
	t.post(account.Moderate, "/newsroom/articles/{id}/decline", s.act(modlog.Article, modlog.Decline))
	t.get(account.Moderate, "/newsroom/articles/{id}/remove", s.askRemoval(modlog.Article))
	t.post(account.Moderate, "/newsroom/articles/{id}/remove", s.act(modlog.Article, modlog.Remove))
	t.post(account.Moderate, "/newsroom/articles/{id}/dismiss", s.act(modlog.Article, modlog.Dismiss))
	t.post(account.Moderate, "/newsroom/articles/{id}/retry", s.retryFile(modlog.Article))
	t.get(account.Moderate, "/newsroom/comments/{id}", s.newsroomItem(modlog.Comment))
	t.post(account.Moderate, "/newsroom/comments/{id}/hide", s.act(modlog.Comment, modlog.Hide))
	t.post(account.Moderate, "/newsroom/comments/{id}/show", s.act(modlog.Comment, modlog.Show))
	t.get(account.Moderate, "/newsroom/comments/{id}/remove", s.askRemoval(modlog.Comment))
	t.post(account.Moderate, "/newsroom/comments/{id}/remove", s.act(modlog.Comment, modlog.Remove))
	t.post(account.Moderate, "/newsroom/comments/{id}/retry", s.retryFile(modlog.Comment))
	t.get(account.Moderate, "/newsroom/log", s.newsroomLog)
	t.get(account.Feature, "/newsroom/features", s.featureDesk)
	t.post(account.Feature, "/newsroom/features", s.createFeature)
	t.get(account.Feature, "/newsroom/features/new", s.newFeature)
	t.get(account.Feature, "/newsroom/features/{id}", s.editFeature)
	t.post(account.Feature, "/newsroom/features/{id}", s.saveFeature)
	t.post(account.Feature, "/newsroom/features/{id}/place", s.placeFeature)
	t.post(account.Feature, "/newsroom/features/{id}/unplace", s.unplaceFeature)
	t.get(account.Feature, "/newsroom/features/{id}/discard", s.askDiscard)
	t.post(account.Feature, "/newsroom/features/{id}/discard", s.discardFeature)
	t.get(account.Invite, "/newsroom/editors", s.showEditors)
	t.post(account.Invite, "/newsroom/editors", s.inviteEditor)
	s.furnish(t, account.Furnish, "/newsroom")
	return t
}

// portalRouter is the table of addresses on the portal's host.
func (s *Server) portalRouter() *table {
	t := s.newTable()
	t.get(account.Read, "/", s.showPortal)
	t.get(account.Read, "/feeds/newswire.{format}", s.globalFeed)
	t.get(account.Read, "/media/{id}/{rendition}", s.portalMedia)

	s.wayIn(t)
	t.get(account.Govern, "/network", s.listCollectives)
	t.get(account.Govern, "/network/collectives", s.openForm)
	t.post(account.Govern, "/network/collectives", s.openCollective)
	t.get(account.Govern, "/network/collectives/{slug}", s.showCollective)
	t.post(account.Govern, "/network/collectives/{slug}", s.governCollective)
	s.furnish(t, account.Govern, "/network/collectives/{slug}")
	t.get(account.Govern, "/network/nodes", s.showNodes)
	t.get(account.Govern, "/network/log", s.networkLog)
	t.get(account.Govern, "/network/accounts", s.listAccounts)
	t.post(account.Govern, "/network/accounts", s.inviteToNetwork)
	t.get(account.Govern, "/network/accounts/{id}", s.showAccountOf)
	t.post(account.Govern, "/network/accounts/{id}", s.governAccount)
	return t
}

// wayIn is what every host has for people who sign in. A session belongs to the
// host it was begun on.
func (s *Server) wayIn(t *table) {
	t.get(account.Enter, "/sign-in", s.signInForm)
	t.post(account.Enter, "/sign-in", s.signIn)
	t.post(account.Enter, "/sign-out", s.signOut)
	t.get(account.Enter, "/invitations/{token}", s.showInvitation)
	t.post(account.Enter, "/invitations/{token}", s.acceptInvitation)
	t.get(account.Self, "/account", s.showAccount)
	t.post(account.Self, "/account", s.changeAccount)
}

// furnish is what a collective is furnished by, on its own host and on the
// portal.
func (s *Server) furnish(t *table, p account.Permission, base string) {
	t.get(p, base+"/settings", s.showSettings)
	t.post(p, base+"/settings", s.changeSettings)
	t.get(p, base+"/topics", s.showTopics)
	t.post(p, base+"/topics", s.changeTopics)
	t.get(p, base+"/look", s.showLook)
	t.post(p, base+"/look", s.changeAccent)
	t.post(p, base+"/look/logo", s.changeLogo)
	t.get(p, base+"/pages", s.listPages)
	t.post(p, base+"/pages", s.addPage)
	t.get(p, base+"/pages/{page}", s.editPage)
	t.post(p, base+"/pages/{page}", s.changePage)
}
