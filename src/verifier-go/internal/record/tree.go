package record

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// TileWidth is the number of hashes in a full tile, and of entries in a full bundle.
const TileWidth = 256

const tileHeight = 8

// TilePlace is a tile or bundle of a log of some size.
type TilePlace struct {
	Level int
	Index int64
	// Width is the number of hashes or entries in it.
	Width int
}

// Path of the tile under a folder such as "tile/0" or "tile/entries" (C2SP tlog-tiles).
func (p TilePlace) Path(folder string) string {
	if p.Width < TileWidth {
		return fmt.Sprintf("%s.p/%d", p.FullPath(folder), p.Width)
	}
	return p.FullPath(folder)
}

// FullPath is the path of the full tile: a server may drop a partial one once the full one exists.
func (p TilePlace) FullPath(folder string) string { return folder + "/" + IndexPath(p.Index) }

// IndexPath writes an index in groups of three digits, all but the last with an x: 1234067 is x001/x234/067.
func IndexPath(index int64) string {
	path := fmt.Sprintf("%03d", index%1000)
	for index >= 1000 {
		index /= 1000
		path = fmt.Sprintf("x%03d/%s", index%1000, path)
	}
	return path
}

// TilesOf are the tiles of one level of a log with so many entries.
func TilesOf(level int, entries int64) []TilePlace {
	hashes := entries >> (tileHeight * level)
	places := make([]TilePlace, 0, hashes/TileWidth+1)
	for at := int64(0); at < hashes; at += TileWidth {
		places = append(places, TilePlace{level, at / TileWidth, int(min(TileWidth, hashes-at))})
	}
	return places
}

// Tree has the hashes of every eighth level: Levels[0] are the leaves, Levels[1] the hashes of 256 leaves each.
type Tree struct {
	Size   int64
	Levels [][]tlog.Hash
}

// Leaves are the hashes of the entries.
func (t *Tree) Leaves() []tlog.Hash {
	if len(t.Levels) == 0 {
		return nil
	}
	return t.Levels[0]
}

// ReadHashes gives the hashes at stored positions, for package tlog.
func (t *Tree) ReadHashes(positions []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(positions))
	for i, position := range positions {
		level, n := tlog.SplitStoredHashIndex(position)
		tile, within := level/tileHeight, level%tileHeight
		first, last := n<<within, (n+1)<<within
		if tile >= len(t.Levels) || last > int64(len(t.Levels[tile])) {
			return nil, fmt.Errorf("the tree has no hash %d at level %d", n, level)
		}
		hashes[i] = SubtreeHash(t.Levels[tile][first:last])
	}
	return hashes, nil
}

// SubtreeHash is the hash over a power of two of hashes.
func SubtreeHash(hashes []tlog.Hash) tlog.Hash {
	if len(hashes) == 1 {
		return hashes[0]
	}
	half := len(hashes) / 2
	return tlog.NodeHash(SubtreeHash(hashes[:half]), SubtreeHash(hashes[half:]))
}

// RootAt is the root of the first entries of the log.
func (t *Tree) RootAt(size int64) (tlog.Hash, error) { return tlog.TreeHash(size, t) }
