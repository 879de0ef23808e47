package paging

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSizer states how many rows a page holds by the first page with rows.
func TestSizer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		asked int
		num   int
		page  Page
		size  int
		cut   bool
	}{
		{name: "as asked for", asked: 2, num: 1, page: Page{Items: 5, Rows: ids(1, 2)}, size: 2},
		{name: "as stated", asked: 9, num: 1, page: Page{Size: 2, Items: 5, Rows: ids(1, 2)}, size: 2},
		{name: "no more than asked for", asked: 2, num: 1, page: Page{Size: 9, Items: 5, Rows: ids(1, 2)}, size: 2},
		{name: "cut", asked: 9, num: 1, page: Page{Size: 9, Items: 5, Rows: ids(1, 2)}, size: 2, cut: true},
		{name: "not full, and nothing follows", asked: 9, num: 1, page: Page{Items: 2, Rows: ids(1, 2)}, size: 9},
		{name: "the last page, cut", asked: 9, num: 3, page: Page{Pages: 3, Items: 5, Rows: ids(5)}, size: 2, cut: true},
		{name: "the last page of two, cut", asked: 9, num: 2, page: Page{Pages: 2, Items: 5, Rows: ids(4, 5)}, size: 3, cut: true},
		{name: "the last page, as asked for", asked: 2, num: 3, page: Page{Pages: 3, Items: 5, Rows: ids(5)}, size: 2},
		{name: "no rows", asked: 9, num: 1, page: Page{Items: 5}, size: 9},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := sizer{asked: tt.asked}
			require.Equal(t, tt.size, s.read(tt.num, &tt.page))
			require.Equal(t, tt.cut, s.cut)
			require.Equal(t, len(tt.page.Rows) > 0, s.known)
		})
	}
}
