/** The files of a drop; those of a dropped folder are its pictures, at any depth, in the order of their names. */
export async function filesOf(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...transfer.files];
  const found: File[] = [];
  for (const entry of entries) await collect(entry, found);
  return found;
}

export function isPicture(file: File): boolean {
  return file.type.startsWith('image/');
}

async function collect(entry: FileSystemEntry, found: File[]): Promise<void> {
  if (entry.isFile) {
    found.push(await fileOf(entry as FileSystemFileEntry));
    return;
  }
  const inside = await childrenOf(entry as FileSystemDirectoryEntry);
  inside.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  for (const child of inside) {
    if (child.isDirectory) await collect(child, found);
    else {
      const file = await fileOf(child as FileSystemFileEntry);
      if (isPicture(file)) found.push(file);
    }
  }
}

const fileOf = (entry: FileSystemFileEntry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject));

// A reader hands out a folder in pieces of at most a hundred; an empty piece is the end.
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const piece = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (piece.length === 0) return children;
    children.push(...piece);
  }
}
