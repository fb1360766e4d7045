//go:build unix && !linux

package devdb

import "syscall"

// sysProcAttr: outside Linux the kernel tells no child that its parent died.
// After a kill -9 the next start says that an earlier Postgres holds the data,
// and that one must be stopped by hand.
func sysProcAttr(account *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Credential: account}
}
