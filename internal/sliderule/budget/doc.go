// Package budget knows what a cluster costs, what has been spent, and when the funds run out.
//
// Money is in US dollars, as AWS bills it. A budget is a limit a calendar month in UTC; what is left of one month does
// not carry over to the next. Nothing here asks a cloud: what was billed and when the cluster ran is handed in.
package budget
