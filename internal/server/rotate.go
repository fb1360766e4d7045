package server

import (
	"context"
	"encoding/json"

	"github.com/readyline/readyline/internal/store"
)

func (s *sealer) sealApp(r Registration) []byte {
	plain, err := json.Marshal(sealedApp{
		Web: r.Host.Web.String(), API: r.Host.API.String(), PrivateKey: string(r.Credentials.PrivateKey),
		WebhookSecret: r.Credentials.WebhookSecret, ClientSecret: r.Credentials.ClientSecret,
		PreviousWebhookSecret: r.Credentials.PreviousWebhookSecret,
	})
	if err != nil { // strings
		panic(err)
	}
	return s.seal(appUse, plain)
}

// Seal encrypts a registered App's secrets for store.App.
func Seal(key []byte, r Registration) []byte { return newSealer(key, nil).sealApp(r) }

// Resealed is what became of stored secrets.
type Resealed struct {
	App     bool // there is one, and it was sealed anew
	Viewers int
	Lost    int // viewers whose token no key opens: they sign in again
}

// Reseal seals what is stored with key that previous still opens, all of it or
// nothing. What key opens already is left alone.
func Reseal(ctx context.Context, st *store.Store, key, previous []byte) (Resealed, error) {
	var out Resealed
	now, both := newSealer(key, nil), newSealer(key, previous)
	err := st.Reseal(ctx, func(viewer bool, sealed []byte) ([]byte, error) {
		use := appUse
		if viewer {
			use = grantUse
		}
		if _, err := now.open(use, sealed); err == nil {
			return nil, nil
		}
		plain, err := both.open(use, sealed)
		switch {
		case err != nil && viewer:
			out.Lost++
			return nil, nil
		case err != nil:
			return nil, err
		case viewer:
			out.Viewers++
		default:
			out.App = true
		}
		return now.seal(use, plain), nil
	})
	return out, err
}
