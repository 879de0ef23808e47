package credentials

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDecide: the first place that is configured decides, usable or not. The one
// that has provided credentials before is kept.
func TestDecide(t *testing.T) {
	t.Parallel()
	why := errors.New("why")
	for _, tt := range []struct {
		name  string
		a, b  state
		held  string
		place string // whose finding it is; "" means none
		state state
	}{
		{"first", configured, configured, "", "a", configured},
		{"second", absent, configured, "", "b", configured},
		{"second, no file of the first", missing, configured, "", "b", configured},
		{"first cannot be used", unusable, configured, "", "a", unusable},
		{"first cannot be read", unreadable, configured, "", "a", unreadable},
		{"first is not known", unprobed, configured, "", "a", unprobed},
		{"none", absent, missing, "", "", absent},

		{"second is held", configured, configured, "b", "b", configured},
		{"second is held and cannot be used", configured, unusable, "b", "b", unusable},
		{"second is held and cannot be read", configured, unreadable, "b", "b", unreadable},
		{"second is held and its file is missing", configured, missing, "b", "b", missing},
		{"second is held and is not configured any more", configured, absent, "b", "a", configured},
		{"first is held and is not configured any more", absent, configured, "a", "b", configured},
		{"first is held and its file is missing", missing, configured, "a", "a", missing},
		{"none any more", absent, absent, "b", "", absent},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			at := func(name string, s state) place {
				return place{name, func() finding {
					if s == configured {
						return found("label", static{key(name)})
					}
					return finding{state: s, err: why}
				}}
			}
			got := decide([]place{at("a", tt.a), at("b", tt.b)}, tt.held)
			require.Equal(t, tt.state, got.state)
			require.Equal(t, tt.place, got.identity.place)
			switch {
			case tt.place == "":
				require.EqualError(t, got.err, "none in the default chain: a: why; b: why")
				require.ErrorIs(t, got.err, why)
				require.NotErrorIs(t, got.err, fs.ErrExist)
			case tt.state == configured:
				require.NoError(t, got.err)
				require.Equal(t, identity{tt.place, "label", static{key(tt.place)}}, got.identity)
			default:
				require.EqualError(t, got.err, tt.place+": why")
			}
		})
	}
}
