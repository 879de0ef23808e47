package credentials

import (
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The home directory is in a different variable on each platform.
func TestHome(t *testing.T) {
	t.Parallel()
	vars := map[string]string{"HOME": "home", "USERPROFILE": "profile"}
	w := newWorld(nil)
	w.getenv = func(name string) string { return vars[name] }
	for windows, want := range map[bool]string{false: "home", true: "profile"} {
		w.windows = windows
		path, err := w.inHome("a", "b")
		require.NoError(t, err)
		require.Equal(t, filepath.Join(want, "a", "b"), path)
	}
	w.windows = true
	delete(vars, "USERPROFILE")
	_, err := w.inHome("a")
	require.EqualError(t, err, "no home directory: USERPROFILE is not set")
}

// A nil option is ignored, and a nil value is the default.
func TestOptions(t *testing.T) {
	t.Parallel()
	w := newWorld([]Option{nil, WithLogger(nil), WithHTTPClient(nil)})
	require.False(t, w.logger.Enabled(t.Context(), slog.LevelError))
	require.NotNil(t, w.web.Transport)
	logger, client := slog.New(slog.NewTextHandler(t.Output(), nil)), &http.Client{Transport: newFixture(t)}
	w = newWorld([]Option{WithLogger(logger), WithHTTPClient(client)})
	require.Same(t, logger, w.logger)
	require.Equal(t, client.Transport, w.web.Transport)
	require.NotEqual(t, client.Transport, w.near.Transport)
	require.Equal(t, http.ErrUseLastResponse, w.web.CheckRedirect(nil, nil))
}
