package credentials

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// probeTimeout bounds each request of a probe. The metadata service answers
	// within milliseconds.
	probeTimeout = time.Second

	// firstProbe and lastProbe bound the time between probes of a machine that is
	// no ECS instance. It doubles from probe to probe.
	firstProbe = 5 * time.Second
	lastProbe  = time.Hour
)

// machine remembers whether this machine is an ECS instance with a role.
type machine struct {
	world *world

	mu      sync.Mutex
	probed  bool
	reason  error     // why it is not, or cannot be used; nil if it is
	absent  bool      // it is not an instance with a role; otherwise it cannot be used
	again   time.Time // when to probe again, in the background
	wait    time.Duration
	probing bool
}

// place is the role of the instance.
func (m *machine) place() finding {
	const variable = "ECS_METADATA"
	if m.world.enabled(metadataDisabled) {
		return finding{state: absent, err: disabledBy(metadataDisabled)}
	}
	if name := m.world.env(variable); name != "" {
		return found("role "+name+" of this ECS instance", ecsRole{m.world, name})
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case !m.probed:
		return finding{state: unprobed}
	case m.reason == nil:
		return found("role of this ECS instance", ecsRole{m.world, ""})
	case m.absent && !m.probing && !time.Now().Before(m.again):
		m.probing = true
		go m.probe()
	}
	if m.absent {
		return finding{state: absent, err: m.reason}
	}
	m.probed = false // the error may be temporary, so the next request probes
	return finding{state: unusable, err: m.reason}
}

// probe detects whether this machine is an instance with a role.
func (m *machine) probe() {
	service := metadata{world: m.world, effort: effort{timeout: probeTimeout, attempts: 1}}
	_, err := service.roleName(context.Background())
	m.mu.Lock()
	defer m.mu.Unlock()
	m.probed, m.probing, m.reason = true, false, err
	m.absent = err != nil && (errors.Is(err, errNoRole) || service.silent)
	if m.absent {
		m.wait = min(max(2*m.wait, firstProbe), lastProbe)
		m.again = time.Now().Add(m.wait)
	}
	if service.silent {
		m.reason = fmt.Errorf("this machine is no ECS instance: %w", err)
	}
}

func disabledBy(name string) error { return errors.New("disabled by " + envPrefix + name) }
