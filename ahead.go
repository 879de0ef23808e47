package domaintask

import "context"

// reading is a page that is requested.
type reading struct {
	req      PollTaskResultRequest
	number   int32 // how many pages had been requested, this one included
	page     *PollTaskResultResponse
	attempts int
	err      error
}

func (d *drain) request(num int) *reading {
	d.ledger.pages++
	r := &reading{req: d.req, number: d.ledger.pages}
	r.req.PageNum = num
	return r
}

func (r *reading) read(ctx context.Context, c *Client) error {
	r.page, r.attempts, r.err = c.poll(ctx, r.req)
	return r.err
}

// readAhead requests a page in a goroutine of its own.
func (d *drain) readAhead(ctx context.Context, num int) {
	r, coming := d.request(num), make(chan *reading)
	d.coming = coming
	go guard(func() error { return r.read(ctx, d.client) }, func(err error) {
		r.err = err
		coming <- r
	})
}

// page returns the page of that number, which is requested now unless it was
// read ahead.
func (d *drain) page(ctx context.Context, num int) (*reading, error) {
	for d.coming != nil {
		d.wait()
	}
	r := d.next
	if d.next = nil; r == nil {
		r = d.request(num)
		r.read(ctx, d.client)
	}
	if r.err != nil {
		return nil, r.err
	}
	p := &d.progress
	p.Pages++
	p.Items += len(r.page.Tasks)
	p.TotalPages, p.TotalItems = r.page.TotalPageNum, r.page.TotalItemNum
	p.Attempts += r.attempts
	if d.options.progress != nil {
		p.Drained = d.result()
		d.options.progress(*p)
	}
	return r, nil
}
