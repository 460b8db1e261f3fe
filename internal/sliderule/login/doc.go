// Package login turns a GitHub token into a token for SlideRule clusters, and checks such tokens.
//
// GitHub says who somebody is and where they belong; [access.Table] makes a level and allowed clusters of it; a
// [Signer] signs. What GitHub does not answer clearly is an error: nobody is let in lower or higher than they are.
//
// Device login, which lets administrators log in with a browser, is part of the service and not here.
package login
