package cli

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

func TestEmulatorFinishesTasks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := domaintasktest.NewServerWith(domaintasktest.Options{InMemory: true})
		defer service.Close()
		ctx, stop := context.WithCancel(t.Context())
		go finishTasks(ctx, service)
		<-time.After(100*time.Second + time.Millisecond)
		stop()
		synctest.Wait()
		require.GreaterOrEqual(t, len(service.Tasks()), 100)
		require.LessOrEqual(t, len(service.Tasks()), 300)
		updated, err := service.Tasks()[0].Updated()
		require.NoError(t, err)
		require.InDelta(t, 99, time.Since(updated).Seconds(), 1)
	})
}
