package verify

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"

	"golang.org/x/mod/sumdb/tlog"

	"popvote-verify-go/internal/record"
	"popvote-verify-go/internal/source"
)

// readPlace reads a tile or bundle. Where the server dropped a partial one, its full one begins with it.
func (v *run) readPlace(folder string, place record.TilePlace, most int64) (bytes []byte, whole bool, err error) {
	bytes, err = v.files.Read(place.Path(folder), most)
	if place.Width < record.TileWidth && errors.Is(err, source.ErrAbsent) {
		if full, again := v.files.Read(place.FullPath(folder), most); !errors.Is(again, source.ErrAbsent) {
			return full, true, again
		}
	}
	return bytes, false, err
}

// readTree is step 6: every tile at the checkpoint's size, from the leaves up to the root.
func (v *run) readTree() {
	tree := &record.Tree{Size: v.checkpoint.Size}
	for level := 0; v.checkpoint.Size>>(8*level) > 0; level++ {
		hashes, ok := v.readLevel(level)
		if !ok {
			return
		}
		tree.Levels = append(tree.Levels, hashes)
	}
	for level := 1; level < len(tree.Levels); level++ {
		below := tree.Levels[level-1]
		for i, hash := range tree.Levels[level] {
			if record.SubtreeHash(below[i*record.TileWidth:(i+1)*record.TileWidth]) != hash {
				v.report.fail(6, "tile-root", fmt.Sprintf("hash %d of level %d is not that of the tile below it", i, level))
			}
		}
	}
	if root, err := tree.RootAt(tree.Size); err != nil || root != v.checkpoint.Root {
		v.report.fail(6, "tile-root", "the tiles have another root than the checkpoint")
	}
	v.report.pass(6)
	if !v.report.has(6) {
		return
	}
	v.tree = tree
}

// isOfWrongForm tells whether a server answered, but not with what its checkpoint says that there is.
func isOfWrongForm(err error) bool {
	return errors.Is(err, source.ErrTooLarge) || errors.Is(err, source.ErrAbsent)
}

// tilesAtOnce is how many tiles of a level are read before the next ones: a log that signed a size which it does not have costs
// no memory.
const tilesAtOnce = 1_024

// readLevel reads the tiles of a level up to a group in which one is not right.
func (v *run) readLevel(level int) ([]tlog.Hash, bool) {
	count := v.checkpoint.Size >> (8 * level)
	var hashes []tlog.Hash
	for int64(len(hashes)) < count {
		first := int64(len(hashes))
		part := make([]tlog.Hash, min(tilesAtOnce*record.TileWidth, count-first))
		if !v.readTiles(level, first, part) {
			return nil, false
		}
		hashes = append(hashes, part...)
	}
	return hashes, true
}

// readTiles reads the hashes of a level from the first on.
func (v *run) readTiles(level int, first int64, hashes []tlog.Hash) bool {
	tiles := (len(hashes) + record.TileWidth - 1) / record.TileWidth
	var wrong atomic.Int64
	each(tiles, func(i int) {
		part := hashes[i*record.TileWidth : min((i+1)*record.TileWidth, len(hashes))]
		place := record.TilePlace{Level: level, Index: first/record.TileWidth + int64(i), Width: len(part)}
		bytes, full, err := v.readPlace(fmt.Sprintf("tile/%d", level), place, record.TileWidth*tlog.HashSize)
		width := place.Width
		if full {
			width = record.TileWidth
		}
		switch {
		case err != nil && !isOfWrongForm(err):
			v.report.unreadable(err)
			wrong.Add(1)
		case err != nil || len(bytes) != width*tlog.HashSize:
			v.report.fail(6, "tile-form", fmt.Sprintf("tile %d of level %d has another width or is not there", place.Index, level))
			wrong.Add(1)
		default:
			for at := range part {
				part[at] = tlog.Hash(bytes[at*tlog.HashSize:])
			}
		}
	})
	return wrong.Load() == 0
}

// savedMax is the most files in a folder of saved checkpoints.
const savedMax = 1_000_000

// compareSaved is step 5. Files that are no checkpoint of this log, signed by it, are no evidence against it.
func (v *run) compareSaved() {
	if v.Checkpoints == "" {
		return
	}
	files, err := os.ReadDir(v.Checkpoints)
	if err == nil && len(files) > savedMax {
		err = fmt.Errorf("%s: more than %d files", v.Checkpoints, savedMax)
	}
	if err != nil {
		v.report.unreadable(err)
		return
	}
	judged, whole := false, true
	for _, file := range files {
		text, err := source.ReadFile(filepath.Join(v.Checkpoints, file.Name()), record.CheckpointMax)
		if errors.Is(err, source.ErrAbsent) || errors.Is(err, source.ErrTooLarge) {
			continue
		}
		if err != nil {
			v.report.unreadable(err)
			return
		}
		saved, err := record.OpenCheckpoint(text, v.manifest.Origin(), v.manifest.Log)
		if err != nil {
			continue
		}
		judged = true
		whole = v.compareWith(saved, file.Name()) && whole
	}
	if judged && whole {
		v.report.pass(5)
	}
}

// compareWith tells whether a saved checkpoint could be compared.
func (v *run) compareWith(saved *record.Checkpoint, name string) bool {
	switch {
	case saved.Size > v.checkpoint.Size:
		v.report.fail(5, "rolled-back", fmt.Sprintf("%s: the log had %d entries", name, saved.Size))
	case saved.Size == v.checkpoint.Size:
		if saved.Root != v.checkpoint.Root {
			v.report.fail(5, "split-view", name+": a tree of the same size has another root")
		}
	case v.tree == nil:
		return false
	default:
		if before, err := v.tree.RootAt(saved.Size); err != nil || before != saved.Root {
			v.report.fail(5, "not-consistent", fmt.Sprintf("%s: the first %d entries were others", name, saved.Size))
		}
	}
	return true
}
