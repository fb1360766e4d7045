package store_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/testdb"
)

// A server that starts while Postgres still recovers waits for it.
func TestMigrateWaitsForAPostgresThatStarts(t *testing.T) {
	real := must[*pgx.ConnConfig](t)(pgx.ParseConfig(testdb.New(t)))
	front := must[net.Listener](t)(net.Listen("tcp", "127.0.0.1:0"))
	defer front.Close()
	var refused atomic.Int32
	go func() {
		for {
			conn, err := front.Accept()
			if err != nil {
				return
			}
			go starting(conn, filepath.Join(real.Host, ".s.PGSQL.5432"), refused.Add(1) <= 3)
		}
	}()
	ok(t, store.Migrate(context.Background(), "postgres://"+real.User+"@"+front.Addr().String()+"/"+real.Database+"?sslmode=disable"))
	if n := refused.Load(); n < 4 {
		t.Errorf("%d connections", n)
	}
}

// starting stands before a Postgres: it says that it starts, or passes on.
func starting(conn net.Conn, socket string, starts bool) {
	defer conn.Close()
	var size [4]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return
	}
	hello := make([]byte, binary.BigEndian.Uint32(size[:])-4)
	if _, err := io.ReadFull(conn, hello); err != nil {
		return
	}
	if starts {
		text, err := (&pgproto3.ErrorResponse{Severity: "FATAL", Code: "57P03", Message: "the database system is starting up"}).Encode(nil)
		if err == nil {
			_, _ = conn.Write(text)
		}
		return
	}
	behind, err := net.Dial("unix", socket)
	if err != nil {
		return
	}
	defer behind.Close()
	if _, err := behind.Write(append(size[:], hello...)); err != nil {
		return
	}
	go func() { _, _ = io.Copy(behind, conn); _ = behind.Close() }()
	_, _ = io.Copy(conn, behind)
}
