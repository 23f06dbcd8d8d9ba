/**
 * Makes a screenshot small: the 256 colours that are seen most, each other one as the nearest of
 * them (PNG, third edition: https://www.w3.org/TR/png-3/). Pages have few colours.
 */
import { crc32, deflateSync, inflateSync } from "node:zlib";

interface Image {
  readonly width: number;
  readonly height: number;
  /** Three bytes for each pixel. */
  readonly rgb: Buffer;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** What each filter adds to a byte, from its left, upper and upper left neighbours (9.2). */
const filters: readonly ((left: number, up: number, corner: number) => number)[] = [
  () => 0,
  (left) => left,
  (_, up) => up,
  (left, up) => (left + up) >> 1,
  (left, up, corner) => {
    const [a, b, c] = [up - corner, left - corner, left + up - 2 * corner].map(Math.abs);
    if ((a ?? 0) <= (b ?? 0) && (a ?? 0) <= (c ?? 0)) return left;
    return (b ?? 0) <= (c ?? 0) ? up : corner;
  },
];

/** With an empty row above and an empty pixel at the left, as the filters take it. */
function unfiltered(data: Buffer, rowBytes: number, pixelBytes: number): Buffer {
  const rows = data.length / (rowBytes + 1);
  const stride = pixelBytes + rowBytes;
  const out = Buffer.alloc((rows + 1) * stride);
  for (let row = 0; row < rows; row += 1) {
    const from = row * (rowBytes + 1);
    const add = filters[data.readUInt8(from)] ?? (() => 0);
    for (let nth = 0; nth < rowBytes; nth += 1) {
      const at = (row + 1) * stride + pixelBytes + nth;
      const [left, up] = [out.readUInt8(at - pixelBytes), out.readUInt8(at - stride)];
      const corner = out.readUInt8(at - stride - pixelBytes);
      out[at] = data.readUInt8(from + 1 + nth) + add(left, up, corner);
    }
  }
  return out;
}

/** Eight bits for each channel, as browsers write it; what is transparent is dropped. */
function decode(png: Buffer): Image {
  const parts: Buffer[] = [];
  let [width, height, pixelBytes] = [0, 0, 3];
  for (let at = signature.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const kind = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (kind === "IHDR") {
      width = body.readUInt32BE(0);
      height = body.readUInt32BE(4);
      pixelBytes = body[9] === 6 ? 4 : 3;
    }
    if (kind === "IDAT") parts.push(body);
    at += length + 12;
  }
  const pixels = unfiltered(inflateSync(Buffer.concat(parts)), width * pixelBytes, pixelBytes);
  const rgb = Buffer.alloc(width * height * 3);
  for (let nth = 0; nth < width * height; nth += 1) {
    const [row, column] = [Math.floor(nth / width) + 1, (nth % width) + 1];
    const from = (row * (width + 1) + column) * pixelBytes;
    pixels.copy(rgb, nth * 3, from, from + 3);
  }
  return { width, height, rgb };
}

const far = (one: number, other: number): number =>
  ((one >> 16) - (other >> 16)) ** 2 +
  (((one >> 8) & 0xff) - ((other >> 8) & 0xff)) ** 2 +
  ((one & 0xff) - (other & 0xff)) ** 2;

function paletteOf(colours: readonly number[]): readonly number[] {
  const counts = new Map<number, number>();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const often = [...counts].sort(([, one], [, other]) => other - one);
  return often.slice(0, 256).map(([colour]) => colour);
}

function chunk(kind: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(kind, "latin1"), body]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

/** The same picture in few bytes. */
export function small(png: Buffer): Buffer {
  const { width, height, rgb } = decode(png);
  const colours = Array.from({ length: width * height }, (_, nth) => rgb.readUIntBE(nth * 3, 3));
  const palette = paletteOf(colours);
  const places = new Map(palette.map((colour, place) => [colour, place]));
  const placeOf = (colour: number): number => {
    const known = places.get(colour);
    if (known !== undefined) return known;
    let nearest = 0;
    palette.forEach((one, place) => {
      if (far(one, colour) < far(palette[nearest] ?? 0, colour)) nearest = place;
    });
    places.set(colour, nearest);
    return nearest;
  };
  const rows = Buffer.alloc(height * (width + 1));
  colours.forEach((colour, nth) => {
    rows[Math.floor(nth / width) * (width + 1) + 1 + (nth % width)] = placeOf(colour);
  });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits for each pixel, which are its place in the palette.
  head.set([8, 3], 8);
  const table = Buffer.from(palette.flatMap((one) => [one >> 16, (one >> 8) & 0xff, one & 0xff]));
  const data = deflateSync(rows, { level: 9, memLevel: 9 });
  return Buffer.concat([
    signature,
    ...[chunk("IHDR", head), chunk("PLTE", table)],
    ...[chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))],
  ]);
}
