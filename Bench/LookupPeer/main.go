// The other peer of the look-ups: a thin service, as it is commonly written, which answers `identities.resolve` from the
// same database over TLS. It reads JSON leniently and asks for no token, checks no access and counts nothing.
//
// Arguments: port, certificate, key, the database's address, its connections.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
)

const byIdentifier = `
	SELECT m.customer::text
	FROM base.identifiers i JOIN base.members m ON m.profile = i.profile
	WHERE i.kind = $1 AND i.value = $2 AND i.retired_at IS NULL
	ORDER BY i.verified DESC, i.profile LIMIT 1`

type request struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params struct {
		Kind  string `json:"kind"`
		Value string `json:"value"`
	} `json:"params"`
}

type result struct {
	Customer *string `json:"customer,omitempty"`
}

type answer struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  result          `json:"result"`
}

func main() {
	if len(os.Args) != 6 {
		log.Fatal("usage: lookup-peer PORT CERTIFICATE KEY DATABASE CONNECTIONS")
	}
	config, err := pgxpool.ParseConfig(os.Args[4])
	if err != nil {
		log.Fatal(err)
	}
	connections, err := strconv.Atoi(os.Args[5])
	if err != nil {
		log.Fatal(err)
	}
	config.MaxConns = int32(connections)
	config.MinConns = int32(connections)
	pool, err := pgxpool.ConnectConfig(context.Background(), config)
	if err != nil {
		log.Fatal(err)
	}

	http.HandleFunc("/rpc", func(writer http.ResponseWriter, incoming *http.Request) {
		var asked request
		if err := json.NewDecoder(incoming.Body).Decode(&asked); err != nil {
			http.Error(writer, err.Error(), http.StatusBadRequest)
			return
		}
		if asked.Method != "identities.resolve" {
			http.Error(writer, "no such method", http.StatusNotFound)
			return
		}
		found := answer{Version: "2.0", ID: asked.ID}
		value := strings.ToLower(asked.Params.Value)
		err := pool.QueryRow(incoming.Context(), byIdentifier, asked.Params.Kind, value).Scan(&found.Result.Customer)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			http.Error(writer, err.Error(), http.StatusInternalServerError)
			return
		}
		writer.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(writer).Encode(found); err != nil {
			log.Print(err)
		}
	})
	// HTTP/1.1 as wrk speaks it; HTTP/2 would be offered otherwise and never chosen.
	log.Fatal(http.ListenAndServeTLS("127.0.0.1:"+os.Args[1], os.Args[2], os.Args[3], nil))
}
