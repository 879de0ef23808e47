// Package paging decides which page of a list to read next while rows join and
// leave the list. It is a pure state machine: the contents of a page go in, and
// the number of the next page or an [Error] comes out. It knows no client,
// context, logger, clock or HTTP.
//
// # Rows move
//
// A page number names positions, not rows. If a row leaves the list, all rows
// behind it move one position towards the front. Seven rows, two to a page:
//
//	request   the list        page   its rows   its total
//	1         ab cd ef g      1      a b        7
//	2         ab cd ef g      2      c d        7
//	          a leaves
//	3         bc de fg        3      f g        6
//
// Row e was on page 3 when page 2 was read, and on page 2 when page 3 was read.
// The total shows it: one row has left, so the row now at position p was at p
// or p+1 before, and has certainly been read only if both positions had been.
// Positions 0 to 3 had been, so 0 to 2 are certain, and position 3 is not. It
// is on page 2, which is read once more:
//
//	4         bc de fg        2      d e        6
//
// While rows leave, a reader that goes up the list misses rows, and a reader
// that goes down meets every row, since rows only move towards it. While rows
// join, it is the other way round.
//
// # Two machines
//
// [Walk] reads all rows and takes none off the list. It goes up to the end and
// then reads the pages again that rows may have moved to:
//
//	w := paging.NewWalk(1, 1000)
//	for {
//		want := w.Want(8)
//		if len(want) == 0 {
//			break // w.Warnings reports what may be missing
//		}
//		// Request the pages of want that are not in flight, drop pages in
//		// flight that are not in want, and wait for the first.
//		ok, err := w.Read(want[0], page)
//		// Stop at err. If ok, the rows of page are good.
//	}
//
// [Sweep] is for a reader that takes rows off the list. It goes down the list
// in rounds:
//
//	s := paging.NewSweep(1000)
//	for {
//		// Request page s.Num() and set New to its rows that are new.
//		if err := s.Read(page); err != nil {
//			break
//		}
//		// Handle the new rows and take them off. This may continue during the
//		// next requests, unless Settle says to wait for it.
//		if s.Settle() {
//			// Wait until everything handled so far has left or will stay.
//		}
//		if !s.Next(gone) {
//			break
//		}
//	}
//
// What each of them guarantees is in its documentation. Both end after a
// bounded number of requests over any service whose rows are finite.
package paging

import (
	"errors"
	"fmt"
	"math"
)

// Err is wrapped by every [Error].
var Err = errors.New("domaintask: the pages contradict each other")

// MaxNum is the largest page number. It keeps positions within 32 bits for
// pages of up to 1000 rows.
const MaxNum = math.MaxInt32 / 1000

// maxEmpty is how many pages in a row may be empty and claim a next one.
const maxEmpty = 3

// ID identifies a row. IDs should be hashes: their first eight bytes
// distinguish rows from each other.
type ID = [16]byte

// Page is the content of one page. A field that the service omits is zero.
type Page struct {
	Num   int   // CurrentPageNum
	Size  int   // PageSize
	Items int   // TotalItemNum
	Pages int   // TotalPageNum
	Next  *bool // NextPage
	Rows  []ID

	// New is the number of Rows that no page before had. Only Sweep reads it.
	New int
}

// Error is a contradiction between pages. It wraps Err.
type Error struct {
	Page   int    // the page that shows it
	Items  int    // the rows that this page counts in total; 0 if it does not
	Resume int    // the page to resume from
	Reason string // one line, without page numbers and counts
}

// Error returns Err's text and the reason.
func (e *Error) Error() string { return fmt.Sprintf("%v: page %d %s", Err, e.Page, e.Reason) }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return Err }

// checkNum returns an error if the page is not the one that was requested.
func (p *Page) checkNum(num int) error {
	if p.Num == 0 || p.Num == num {
		return nil
	}
	return &Error{Page: num, Items: p.Items, Resume: num, Reason: fmt.Sprintf("was requested, and page %d came", p.Num)}
}
