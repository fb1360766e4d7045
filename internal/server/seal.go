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
	aead cipher.AEAD
	sign ed25519.PrivateKey // of evidence packs
}

// newSealer takes a key of any length. Without one, what is sealed can be read
// as long as the process lives.
func newSealer(key []byte) *sealer {
	if len(key) == 0 {
		key = make([]byte, 32)
		rand.Read(key) // never fails
	}
	derive := func(use string) []byte {
		out, err := hkdf.Key(sha256.New, key, nil, use, 32)
		if err != nil { // only for keys longer than any hash allows
			panic(err)
		}
		return out
	}
	block, err := aes.NewCipher(derive("readyline seal"))
	if err != nil { // only for other lengths than 32
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil { // AES has the block size that GCM wants
		panic(err)
	}
	return &sealer{aead, ed25519.NewKeyFromSeed(derive("readyline evidence pack"))}
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
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}
