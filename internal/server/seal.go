package server

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
)

// errSealed says that a secret was sealed by another key, or for another use.
var errSealed = errors.New("sealed by another key")

// sealer encrypts what is kept for people: their GitHub tokens in the
// database, the state of a sign-in in a cookie. All keys come from one.
type sealer struct {
	aead     cipher.AEAD
	previous cipher.AEAD        // opens what was sealed before the key was changed; may be nil
	sign     ed25519.PrivateKey // of evidence packs
}

// newSealer takes a key of any length, and the one before it while both count.
// Without a key, what is sealed can be read as long as the process lives.
func newSealer(key, previous []byte) *sealer {
	if len(key) == 0 {
		key = make([]byte, 32)
		rand.Read(key) // never fails
	}
	s := &sealer{aead: sealing(key), sign: ed25519.NewKeyFromSeed(derived(key, "readyline evidence pack"))}
	if len(previous) > 0 {
		s.previous = sealing(previous)
	}
	return s
}

func derived(key []byte, use string) []byte {
	out, err := hkdf.Key(sha256.New, key, nil, use, 32)
	if err != nil { // only for keys longer than any hash allows
		panic(err)
	}
	return out
}

func sealing(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(derived(key, "readyline seal"))
	if err != nil { // only for other lengths than 32
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil { // AES has the block size that GCM wants
		panic(err)
	}
	return aead
}

// seal encrypts for one use: what was sealed for another does not open.
func (s *sealer) seal(use string, plain []byte) []byte {
	nonce := make([]byte, s.aead.NonceSize())
	rand.Read(nonce)
	return s.aead.Seal(nonce, nonce, plain, []byte(use))
}

func (s *sealer) open(use string, sealed []byte) ([]byte, error) {
	n := s.aead.NonceSize()
	if len(sealed) < n {
		return nil, errSealed
	}
	plain, err := s.aead.Open(nil, sealed[:n], sealed[n:], []byte(use))
	if err != nil && s.previous != nil {
		plain, err = s.previous.Open(nil, sealed[:n], sealed[n:], []byte(use))
	}
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}
