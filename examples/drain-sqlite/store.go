package main

import (
	"context"
	"database/sql"

	"github.com/domaintask/domaintask"
)

// open opens the database and creates the table. Committed data is on the disk:
// synchronous is FULL.
func open(file string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)")
	if err != nil {
		return nil, err
	}
	_, err = db.Exec(`CREATE TABLE IF NOT EXISTS tasks (
		task_detail_no TEXT PRIMARY KEY, type TEXT, domain TEXT, status TEXT, updated TEXT, message TEXT
	) WITHOUT ROWID`)
	if err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// store stores tasks in one transaction. A task that exists was stored before a
// crash, and is unchanged.
func store(ctx context.Context, db *sql.DB, tasks []domaintask.TaskDetail) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	insert, err := tx.PrepareContext(ctx, `INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, t := range tasks {
		if _, err := insert.ExecContext(ctx, t.TaskDetailNo, t.TaskType, t.DomainName, t.TaskStatus, t.UpdateTime, t.ErrorMsg); err != nil {
			return err
		}
	}
	return tx.Commit()
}
