package paging

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestView reads pages of ten positions and states which positions are uncertain.
func TestView(t *testing.T) {
	t.Parallel()
	page := func(num, items int) reading { return reading{span{10 * (num - 1), 10 * num}, items} }
	for _, tt := range []struct {
		name     string
		grows    bool
		keep     int
		readings []reading
		before   []int // the newest total when each page was requested
		gaps     []span
		refuted  bool
	}{
		{name: "at rest", readings: []reading{page(1, 30), page(2, 30), page(3, 30)}, before: []int{0, 30, 30}},
		{name: "rows leave", readings: []reading{page(1, 30), page(2, 28), page(3, 27)}, before: []int{0, 30, 28}, gaps: []span{{7, 10}, {19, 20}}},
		{name: "rows join", grows: true, readings: []reading{page(1, 30), page(2, 32), page(3, 33), page(4, 33)}, before: []int{0, 30, 32, 33}},
		{name: "an older page comes later", readings: []reading{page(1, 30), page(3, 27), page(2, 28)}, before: []int{0, 30, 30}, gaps: []span{{7, 10}, {19, 20}}},
		{name: "an older page comes later, and is sorted", keep: 4, readings: []reading{page(1, 30), page(3, 27), page(2, 30)}, before: []int{0, 30, 30}, gaps: []span{{17, 20}}},
		{name: "an older page comes later, while rows join", grows: true, readings: []reading{page(1, 30), page(3, 33), page(2, 32), page(4, 33)}, before: []int{0, 30, 30, 33}, gaps: []span{{10, 11}}},
		{name: "rows join against the assumption", readings: []reading{page(1, 30), page(2, 32), page(3, 32)}, before: []int{0, 30, 32}, gaps: []span{{30, 32}}, refuted: true},
		{name: "rows join against the assumption, after an unsettled page", keep: 4, readings: []reading{page(1, 30), page(2, 30), page(3, 32)}, before: []int{0, 30, 30}, gaps: []span{{30, 32}}, refuted: true},
		{name: "a page counts nothing", readings: []reading{page(1, 30), page(2, 0), page(3, 30)}, before: []int{0, 30, 30}},
		{name: "the first page counts nothing", readings: []reading{page(1, 0), page(2, 30), page(3, 30)}, before: []int{0, 0, 30}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v := view{grows: tt.grows}
			for i, r := range tt.readings {
				v.read(r, tt.before[i], tt.keep)
			}
			require.Equal(t, tt.gaps, v.gaps(endless))
			require.Equal(t, tt.refuted, v.refuted)
		})
	}
}
