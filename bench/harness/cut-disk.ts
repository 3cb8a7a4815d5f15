// A disk whose power can be cut: an ext4 on a loop device. The cut is the file system's own shutdown without a flush of
// its journal: nothing that is not on the disk gets there any more.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readlinkSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Size of the disk unless another is wanted, which takes no room before it is used, in bytes. */
const diskBytesDefault = 2 * 1_024 ** 3;
/** Longest wait for the disk to be free of processes, in milliseconds. */
const freeMsMax = 30_000;
/** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH. Perl is in every Debian, and Node has no ioctl. */
const cutScript =
  'open(my $f, "<", $ARGV[0]) or die "open: $!"; my $v = pack("L", 2); ioctl($f, 0x8004587d, $v) or die "ioctl: $!";';

export type CutDisk = {
  /** The folder of the mounted disk. */
  readonly path: string;
  /** Cuts the power: nothing can be written any more, and what uses the disk is killed. */
  cut(): void;
  /** Ends what still uses the disk, and mounts it again: the journal is replayed, as after a boot. */
  boot(): Promise<void>;
  remove(): Promise<void>;
};

/** Why there can be no such disk here; null if it can be tried. */
export function cutDiskHindrance(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it needs Linux and root';
  for (const name of ['losetup', 'mkfs.ext4', 'mount', 'umount', 'perl']) {
    if (spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0) return `${name} is not installed`;
  }
  return spawnSync('losetup', ['--find']).status === 0 ? null : 'there are no loop devices';
}

export function makeCutDisk(directory: string, diskBytes = diskBytesDefault): CutDisk {
  const path = join(directory, 'disk');
  const image = join(directory, 'disk.img');
  mkdirSync(path, { recursive: true });
  writeFileSync(image, '');
  truncateSync(image, diskBytes);
  run('mkfs.ext4', '-q', '-F', image);
  const device = run('losetup', '--find', '--show', image).trim();
  const mount = (): void => {
    run('mount', '-t', 'ext4', device, path);
    // The account of the database must be able to enter.
    chmodSync(path, 0o755);
  };
  const unmount = async (): Promise<void> => {
    const deadline = performance.now() + freeMsMax;
    for (;;) {
      for (const pid of usersOf(path)) endNow(pid);
      const { status, stderr } = spawnSync('umount', [path], { encoding: 'utf8' });
      if (status === 0 || stderr.includes('not mounted')) return;
      if (performance.now() > deadline) throw new Error(`The disk is still in use: ${stderr}`);
      await pause(100);
    }
  };
  try {
    mount();
  } catch (error) {
    spawnSync('losetup', ['--detach', device]);
    throw error;
  }
  return {
    path,
    cut() {
      run('perl', '-e', cutScript, path);
      for (const pid of usersOf(path)) endNow(pid);
    },
    async boot() {
      await unmount();
      mount();
    },
    async remove() {
      await unmount();
      run('losetup', '--detach', device);
      rmSync(path, { recursive: true });
      rmSync(image);
    },
  };
}

function run(command: string, ...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
  return stdout;
}

/** The processes with a folder or an open file on the disk. All of them belong to the drill. */
function usersOf(path: string): number[] {
  const isOn = (link: string): boolean => {
    try {
      return readlinkSync(link).startsWith(`${path}/`);
    } catch {
      return false;
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        return (
          isOn(`/proc/${name}/cwd`) || readdirSync(`/proc/${name}/fd`).some((fd) => isOn(`/proc/${name}/fd/${fd}`))
        );
      } catch {
        return false; // it ended
      }
    })
    .map(Number);
}

function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}
