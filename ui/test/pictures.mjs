import { deflateSync } from 'node:zlib';

/**
 * A PNG of one colour, 16 × 16.
 * @param {number} red @param {number} green @param {number} blue
 */
export function plainPng(red, green, blue) {
  return png(16, 16, () => [red, green, blue]);
}

/**
 * A PNG of colours that `at` tells for each pixel.
 * @param {number} width @param {number} height @param {(x: number, y: number) => number[]} at
 */
export function png(width, height, at) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8); // bits a channel; RGB
  const row = (y) => [0, ...Array.from({ length: width }, (_, x) => at(x, y)).flat()]; // 0: no filter
  const pixels = deflateSync(Buffer.from(Array.from({ length: height }, (_, y) => row(y)).flat()));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

/** Files as a file input takes them, each of another colour. @param {number} count */
export function plainPictures(count) {
  return Array.from({ length: count }, (_, index) => ({
    name: `plain-${String(index).padStart(4, '0')}.png`,
    mimeType: 'image/png',
    buffer: plainPng(index % 256, (index >> 4) % 256, (index * 7) % 256),
  }));
}

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

// zlib.crc32 is missing in Node.js 18.
/** @param {Buffer} bytes */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
