// Reads a log by its address with the client of the Go project: the checkpoint with its signature, and a proof for every
// thousandth entry and the last one. Prints how many entries were proven.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func fetch(url string) []byte {
	answer, err := http.Get(url)
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 {
		panic(fmt.Sprint(url, " ", answer.StatusCode, " ", err))
	}
	return body
}

// The path of a tile without the height, which is always 8 (c2sp.org/tlog-tiles).
func tilePath(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}

type served struct{ prefix string }

func (s served) Height() int                         { return 8 }
func (s served) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (s served) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		data[i] = fetch(s.prefix + tilePath(tile))
	}
	return data, nil
}

func main() {
	prefix, key := os.Args[1], os.Args[2]
	verifier, err := note.NewVerifier(key)
	if err != nil {
		panic(err)
	}
	opened, err := note.Open(fetch(prefix+"checkpoint"), note.VerifierList(verifier))
	if err != nil {
		panic(err)
	}
	lines := strings.Split(opened.Text, "\n")
	var size int64
	fmt.Sscan(lines[1], &size)
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		panic(err)
	}
	tree := tlog.Tree{N: size, Hash: root}
	hashes := tlog.TileHashReader(tree, served{prefix})
	proven := 0
	for n := int64(0); n < size; n++ {
		if n%1000 != 0 && n != size-1 {
			continue
		}
		width := size - n/256*256
		if width > 256 {
			width = 256
		}
		path := tilePath(tlog.Tile{H: 8, L: -1, N: n / 256, W: int(width)})
		bundle := fetch(prefix + strings.Replace(path, "tile/data/", "tile/entries/", 1))
		for skip := n % 256; skip > 0; skip-- {
			bundle = bundle[2+int(bundle[0])<<8+int(bundle[1]):]
		}
		entry := bundle[2 : 2+int(bundle[0])<<8+int(bundle[1])]
		proof, err := tlog.ProveRecord(size, n, hashes)
		if err != nil {
			panic(err)
		}
		if err := tlog.CheckRecord(proof, size, root, n, tlog.RecordHash(entry)); err != nil {
			panic(err)
		}
		proven++
	}
	fmt.Println(proven)
}
