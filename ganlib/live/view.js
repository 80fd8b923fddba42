// The live GAN's view: frames in, pixels out.
//
// A frame says everything that is shown, so that any one of them can be dropped, and the last
// one is enough after a reload. Sections: frames, scales, ink, marks, the line, the plane,
// images, charts, layout, the page, the widget. All up to "the page" are pure functions.

// ---------------------------------------------------------------------------- frames

/** What frame.py's pack() wrote: a tree whose leaves are JSON values and Float32Arrays. */
export function unpack(view) {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const size = view.getUint32(0, true);
  const body = bytes.slice(4 + size).buffer; // a copy: numbers must start at multiples of 4
  const place = (_, value) => (value?.f4 ? new Float32Array(body, ...value.f4) : value);
  return JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size)), place);
}

// ---------------------------------------------------------------------------- scales

/** The linear map that takes [low, high] to [from, to]. */
export const scale = (low, high, from, to) => (value) =>
  from + ((value - low) / (high - low)) * (to - from);

/** The value, or the end of [low, high] that is nearest to it. */
const within = (value, low, high) => Math.min(high, Math.max(low, value));

/** At most about `count` round numbers in [low, high]. */
export function ticks(low, high, count = 5) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((s) => s * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

/** Round numbers for a logarithmic axis over [10^low, 10^high], as their logarithms. */
export function logTicks(low, high) {
  const powers = ticks(low, high, 3).filter(Number.isInteger);
  if (powers.length > 1) return powers;
  return ticks(10 ** low, 10 ** high, 3)
    .filter((value) => value > 0)
    .map(Math.log10);
}

/** A number as a label of an axis: no more digits than it needs. */
export function label(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(0).replace("e+", "e");
  return String(Number(value.toPrecision(6)));
}

/** The smallest and the largest finite number of several arrays, or null without any. */
export function extent(arrays) {
  let low = Infinity;
  let high = -Infinity;
  for (const array of arrays) {
    for (const value of array) {
      if (Number.isFinite(value)) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
  }
  return low <= high ? [low, high] : null;
}

/** The pieces of the curves values = level on an n × n grid, as [x0, y0, x1, y1] in cells. */
export function contour(values, n, level) {
  const pieces = [];
  const share = (a, b) => (level - a) / (b - a);
  for (let row = 0; row < n - 1; row++) {
    for (let column = 0; column < n - 1; column++) {
      const i = row * n + column;
      const [a, b, c, d] = [values[i], values[i + 1], values[i + n + 1], values[i + n]];
      const ends = [];
      if (a < level !== b < level) ends.push([column + share(a, b), row]);
      if (b < level !== c < level) ends.push([column + 1, row + share(b, c)]);
      if (d < level !== c < level) ends.push([column + share(d, c), row + 1]);
      if (a < level !== d < level) ends.push([column, row + share(a, d)]);
      for (let e = 0; e + 1 < ends.length; e += 2) pieces.push([...ends[e], ...ends[e + 1]]);
    }
  }
  return pieces;
}

// ---------------------------------------------------------------------------- ink

/** "#0072B2" or "rgb(0, 114, 178)" as [0, 114, 178]. */
export function rgb(color) {
  if (color.startsWith("#")) {
    const hex = color.length === 4 ? color.replace(/[^#]/g, "$&$&") : color;
    return [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));
  }
  return color.match(/[\d.]+/g).slice(0, 3).map(Number);
}

/** The colour a share of the way from one to another. */
export function mix(from, to, share) {
  const [a, b] = [rgb(from), rgb(to)];
  return a.map((value, i) => Math.round(value + (b[i] - value) * share));
}

/** D(x) as a colour: the generator's at 0, paper at 1/2, the data's at 1. */
export function tint(d, ink) {
  const end = d < 0.5 ? ink.generator : ink.data;
  return mix(ink.paper, end, 0.75 * Math.abs(2 * d - 1));
}

const DASHES = { solid: [], dotted: [2, 3], dashed: [7, 4], dashdot: [7, 3, 2, 3] };

// ---------------------------------------------------------------------------- marks

function clip(ctx, box, inside) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(box.x, box.y, box.w, box.h);
  ctx.clip();
  inside();
  ctx.restore();
}

function text(ctx, words, x, y, { align = "left", base = "middle", color } = {}) {
  ctx.textAlign = align;
  ctx.textBaseline = base;
  if (color) ctx.fillStyle = color;
  ctx.fillText(words, x, y);
}

function segment(ctx, x0, y0, x1, y1) {
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
}

/** A curve through (x(i), y(values[i])), broken where a value is not finite. */
function curve(ctx, values, x, y, { color, dash = "solid", width = 2, alpha = 1 }) {
  ctx.save();
  ctx.globalAlpha = alpha;
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.setLineDash(DASHES[dash]);
  ctx.beginPath();
  let pen = false;
  for (let i = 0; i < values.length; i++) {
    const down = Number.isFinite(values[i]);
    if (down && pen) ctx.lineTo(x(i), y(values[i]));
    else if (down) ctx.moveTo(x(i), y(values[i]));
    pen = down;
  }
  ctx.stroke();
  ctx.restore();
}

function area(ctx, values, x, y, color) {
  ctx.save();
  ctx.globalAlpha = 0.16;
  ctx.fillStyle = color;
  ctx.beginPath();
  ctx.moveTo(x(0), y(0));
  for (let i = 0; i < values.length; i++) ctx.lineTo(x(i), y(values[i]));
  ctx.lineTo(x(values.length - 1), y(0));
  ctx.fill();
  ctx.restore();
}

/** An arrow of that many pixels, or none where it would be too short to have a direction. */
function arrow(ctx, x, y, dx, dy) {
  const length = Math.hypot(dx, dy);
  if (!(length > 1.5)) return;
  const head = Math.min(4, length / 2) / length;
  const [tipX, tipY] = [x + dx, y + dy];
  segment(ctx, x, y, tipX, tipY);
  segment(ctx, tipX, tipY, tipX - head * (dx - 0.6 * dy), tipY - head * (dy + 0.6 * dx));
  segment(ctx, tipX, tipY, tipX - head * (dx + 0.6 * dy), tipY - head * (dy - 0.6 * dx));
}

/** Arrows along vectors; the longest spans `reach` pixels. The y axis of data points up. */
function arrows(ctx, { at, to }, x, y, reach) {
  let longest = 0;
  for (let i = 0; i < to.length; i += 2) {
    const length = Math.hypot(to[i], to[i + 1]);
    if (length > longest && Number.isFinite(length)) longest = length;
  }
  const unit = longest > 0 ? reach / longest : 0;
  ctx.beginPath();
  for (let i = 0; i < at.length; i += 2) {
    arrow(ctx, x(at[i]), y(at[i + 1]), to[i] * unit, -to[i + 1] * unit);
  }
  ctx.stroke();
}

function disc(ctx, x, y, radius = 2.2) {
  ctx.moveTo(x + radius, y);
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
}

function cross(ctx, x, y) {
  segment(ctx, x - 2.5, y - 2.5, x + 2.5, y + 2.5);
  segment(ctx, x - 2.5, y + 2.5, x + 2.5, y - 2.5);
}

/** Points (x0, y0, x1, y1, ...): another shape as well as another colour, on a rim of paper. */
function points(ctx, values, x, y, mark, color, ink) {
  ctx.beginPath();
  for (let i = 0; i < values.length; i += 2) mark(ctx, x(values[i]), y(values[i + 1]));
  for (const [style, width] of [
    [ink.paper, 3.5],
    [color, 1.5],
  ]) {
    ctx.strokeStyle = style;
    ctx.lineWidth = width;
    ctx.stroke();
  }
}

/** From where each fake has just been moved. */
function moves(ctx, before, after, x, y, ink) {
  ctx.strokeStyle = ink.generator;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (let i = 0; i < after.length; i += 2) {
    segment(ctx, x(before[i]), y(before[i + 1]), x(after[i]), y(after[i + 1]));
  }
  ctx.stroke();
}

function frameBox(ctx, box, ink) {
  ctx.strokeStyle = ink.faint;
  ctx.lineWidth = 1;
  ctx.strokeRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1);
}

function xTicks(ctx, [low, high], x, y, ink) {
  for (const value of ticks(low, high, 6)) {
    text(ctx, label(value), x(value), y + 3, { align: "center", base: "top", color: ink.text });
  }
}

// ---------------------------------------------------------------------------- the line

/** The game on a line, after Figure 1 of the paper: densities and D, and below them G's map. */
export function drawLine(ctx, stage, box, ink) {
  const map = stage.map ? 0.36 * box.h : 0;
  const inner = { x: box.x + 8, y: box.y + 16, w: box.w - 44, h: box.h - map - 34 };
  const floor = inner.y + inner.h;
  const x = scale(...stage.range, inner.x, inner.x + inner.w);
  const density = scale(0, stage.top, floor, inner.y);
  const chance = scale(...stage.span, floor, inner.y);
  const middle = (stage.span[0] + stage.span[1]) / 2;
  const n = (stage.p_data ?? stage.p_g ?? stage.d ?? stage.d_star)?.length ?? 0;
  const at = scale(0, n - 1, inner.x, inner.x + inner.w);

  clip(ctx, inner, () => {
    if (stage.p_data) area(ctx, stage.p_data, at, density, ink.data);
    if (stage.p_g) area(ctx, stage.p_g, at, density, ink.generator);
    ctx.strokeStyle = ink.faint;
    ctx.beginPath();
    segment(ctx, inner.x, chance(middle), inner.x + inner.w, chance(middle));
    ctx.stroke();
    const line = (key, y, color, dash, width) =>
      stage[key] && curve(ctx, stage[key], at, y, { color, dash, width });
    line("p_data", density, ink.data, "dotted", 3);
    line("p_g", density, ink.generator, "solid", 2.5);
    line("d_star", chance, ink.optimum, "dashdot", 2);
    line("d", chance, ink.text, "dashed", 2);
    if (stage.batch) drawBatch(ctx, stage.batch, x, floor, ink);
  });

  ctx.strokeStyle = ink.text;
  ctx.lineWidth = 1;
  ctx.beginPath();
  segment(ctx, inner.x, floor, inner.x + inner.w, floor);
  ctx.stroke();
  xTicks(ctx, stage.range, x, floor, ink);
  text(ctx, "x", inner.x + inner.w + 18, floor + 8, { color: ink.text });
  text(ctx, "density", inner.x, box.y + 6, { color: ink.text });
  if (stage.d || stage.d_star) {
    text(ctx, stage.d_name, box.x + box.w - 2, box.y + 6, { align: "right" });
    for (const value of [stage.span[0], middle, stage.span[1]]) {
      text(ctx, label(value), inner.x + inner.w + 8, chance(value));
    }
  }
  if (stage.map) drawMap(ctx, stage.map, { ...inner, y: floor + 17, h: map - 20 }, x, ink);
}

const inRow = (values, height) => Array.from(values).flatMap((value) => [value, height]);
const same = (height) => height;

/** The minibatch in hand: x in one row, G(z) in another, and from where G(z) has just come. */
function drawBatch(ctx, { real, fake, before }, x, floor, ink) {
  const [high, low] = [floor - 22, floor - 9];
  points(ctx, inRow(real, high), x, same, disc, ink.data, ink);
  if (before) moves(ctx, inRow(before, high), inRow(fake, low), x, same, ink);
  points(ctx, inRow(fake, low), x, same, cross, ink.generator, ink);
}

/** G as lines from the noise axis below to the data axis above. */
function drawMap(ctx, map, box, x, ink) {
  const bottom = box.y + box.h - 16;
  const z = scale(...map.range, box.x, box.x + box.w);
  clip(ctx, box, () => {
    ctx.save();
    ctx.globalAlpha = 0.55;
    ctx.strokeStyle = ink.generator;
    ctx.lineWidth = 1;
    ctx.beginPath();
    for (let i = 0; i < map.z.length; i++) {
      segment(ctx, z(map.z[i]), bottom, x(map.g[i]), box.y);
    }
    ctx.stroke();
    ctx.restore();
  });
  ctx.strokeStyle = ink.text;
  ctx.beginPath();
  segment(ctx, box.x, bottom, box.x + box.w, bottom);
  ctx.stroke();
  xTicks(ctx, map.range, z, bottom, ink);
  text(ctx, "z", box.x + box.w + 18, bottom + 8);
  text(ctx, "G(z)", box.x + box.w + 8, (box.y + bottom) / 2, { color: ink.generator });
}

// ---------------------------------------------------------------------------- the plane

/** D(x) on a square grid as pixels, the first row at the bottom. */
export function heat(values, n, [low, high], ink) {
  const share = scale(low, high, 0, 255);
  const shades = Array.from({ length: 256 }, (_, i) => tint(i / 255, ink));
  const pixels = new Uint8ClampedArray(4 * n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      const value = values[(n - 1 - row) * n + column];
      const shade = shades[Math.round(within(share(value), 0, 255)) || 0];
      pixels.set([...shade, 255], 4 * (row * n + column));
    }
  }
  return pixels;
}

function drawHeat(ctx, values, span, box, ink) {
  const n = Math.round(Math.sqrt(values.length));
  const small = new OffscreenCanvas(n, n);
  small.getContext("2d").putImageData(new ImageData(heat(values, n, span, ink), n, n), 0, 0);
  ctx.drawImage(small, box.x, box.y, box.w, box.h);
}

/** The curve values = level: a line, or one dot a cell. */
function drawContour(ctx, values, level, box, dots) {
  const n = Math.round(Math.sqrt(values.length));
  const at = scale(-0.5, n - 0.5, 0, box.w); // a value belongs to the middle of its cell
  const [x, y] = [(column) => box.x + at(column), (row) => box.y + box.h - at(row)];
  ctx.beginPath();
  for (const [x0, y0, x1, y1] of contour(values, n, level)) {
    if (dots) disc(ctx, x((x0 + x1) / 2), y((y0 + y1) / 2), 1.6);
    else segment(ctx, x(x0), y(y0), x(x1), y(y1));
  }
  if (dots) ctx.fill();
  else ctx.stroke();
}

/** G's image of a mesh of noise: the more of p_g on an area, the denser the ink. */
function drawMesh(ctx, { nodes, mass }, x, y, box, ink) {
  const n = Math.round(Math.sqrt(nodes.length / 2));
  const corner = (row, column) => {
    const i = 2 * (row * n + column);
    return [x(nodes[i]), y(nodes[i + 1])];
  };
  ctx.save();
  ctx.fillStyle = ink.generator;
  ctx.strokeStyle = ink.generator;
  ctx.lineWidth = 0.7;
  for (let row = 0; row < n - 1; row++) {
    for (let column = 0; column < n - 1; column++) {
      const cell = [
        corner(row, column),
        corner(row, column + 1),
        corner(row + 1, column + 1),
        corner(row + 1, column),
      ];
      // How many times denser than if p_g were spread evenly over the box.
      const density = (mass[row * (n - 1) + column] * box.w * box.h) / (quadArea(cell) + 1);
      ctx.globalAlpha = 0.7 * (1 - Math.exp(-density / 10));
      ctx.beginPath();
      for (const [px, py] of cell) ctx.lineTo(px, py);
      ctx.closePath();
      ctx.fill();
      ctx.globalAlpha = 0.5;
      ctx.stroke();
    }
  }
  ctx.restore();
}

/** The area of a quadrilateral with corners [x, y], by the shoelace formula. */
export function quadArea(corners) {
  let twice = 0;
  for (let i = 0; i < 4; i++) {
    const [[x0, y0], [x1, y1]] = [corners[i], corners[(i + 1) % 4]];
    twice += x0 * y1 - x1 * y0;
  }
  return Math.abs(twice) / 2;
}

/** The largest square that fits, in the middle of the box, with room for its axes. */
export function squareIn(box) {
  const side = Math.min(box.w - 38, box.h - 26);
  return { x: box.x + 28 + (box.w - 38 - side) / 2, y: box.y + 8, w: side, h: side };
}

/** The game in the plane, layer over layer. */
export function drawPlane(ctx, stage, box, ink) {
  const inner = squareIn(box);
  const [left, right, bottom, top] = stage.range;
  const x = scale(left, right, inner.x, inner.x + inner.w);
  const y = scale(bottom, top, inner.y + inner.h, inner.y);
  clip(ctx, inner, () => {
    if (stage.d) drawHeat(ctx, stage.d, stage.span, inner, ink);
    if (stage.mesh) drawMesh(ctx, stage.mesh, x, y, inner, ink);
    if (stage.real) points(ctx, stage.real, x, y, disc, ink.data, ink);
    if (stage.fake && stage.before) moves(ctx, stage.before, stage.fake, x, y, ink);
    if (stage.fake) points(ctx, stage.fake, x, y, cross, ink.generator, ink);
    const middle = (stage.span[0] + stage.span[1]) / 2;
    ctx.strokeStyle = ink.text;
    ctx.fillStyle = ink.optimum;
    ctx.lineWidth = 1.5;
    if (stage.d) drawContour(ctx, stage.d, middle, inner, false);
    if (stage.d_star) drawContour(ctx, stage.d_star, middle, inner, true);
    ctx.lineWidth = 1;
    if (stage.field) {
      ctx.strokeStyle = ink.text;
      ctx.globalAlpha = 0.6;
      arrows(ctx, stage.field, x, y, inner.w / 12);
      ctx.globalAlpha = 1;
    }
    if (stage.pull) {
      ctx.strokeStyle = ink.value;
      ctx.lineWidth = 1.6;
      arrows(ctx, stage.pull, x, y, inner.w / 8);
    }
  });
  frameBox(ctx, inner, ink);
  xTicks(ctx, [left, right], x, inner.y + inner.h, ink);
  for (const value of ticks(bottom, top, 6)) {
    text(ctx, label(value), inner.x - 4, y(value), { align: "right", color: ink.text });
  }
}

// ---------------------------------------------------------------------------- images

/** A row of real images above a row of fakes, each with D(x) below it. */
export function drawImages(ctx, stage, box, ink) {
  const rows = [
    ["real", stage.real, stage.d_real, ink.data],
    ["fake", stage.fake, stage.d_fake, ink.generator],
  ].filter(([, images]) => images);
  const pixels = stage.side ** 2;
  const height = box.h / rows.length;
  rows.forEach(([name, images, d, color], row) => {
    const count = images.length / pixels;
    const step = Math.min(box.w / count, height - 40);
    const y = box.y + row * height + 20;
    text(ctx, name, box.x, y - 9, { color });
    for (let i = 0; i < count; i++) {
      const square = { x: box.x + i * step, y, w: step - 6, h: step - 6 };
      drawImage(ctx, images.subarray(i * pixels, (i + 1) * pixels), stage.side, square);
      ctx.strokeStyle = color;
      ctx.lineWidth = 2;
      ctx.strokeRect(square.x, square.y, square.w, square.h);
      if (d) {
        const [middle, below] = [square.x + square.w / 2, y + step];
        text(ctx, d[i].toFixed(2), middle, below, { align: "center", base: "top", color: ink.text });
      }
    }
  });
}

/** One grey image, 0 black and 1 white, its pixels as sharp squares. */
function drawImage(ctx, values, side, box) {
  const small = new OffscreenCanvas(side, side);
  const data = new ImageData(side, side);
  values.forEach((value, i) => data.data.set([255 * value, 255 * value, 255 * value, 255], 4 * i));
  small.getContext("2d").putImageData(data, 0, 0);
  ctx.imageSmoothingEnabled = false;
  ctx.drawImage(small, box.x, box.y, box.w, box.h);
  ctx.imageSmoothingEnabled = true;
}

// ---------------------------------------------------------------------------- charts

/** Curves over the iterations, with labelled levels and a line at the present one. */
export function drawChart(ctx, chart, now, box, ink) {
  const inner = { x: box.x + 40, y: box.y + 15, w: box.w - 54, h: box.h - 31 };
  const shown = (value) => (chart.log ? Math.log10(Math.max(value, 1e-12)) : value);
  const curves = chart.series.map((s) => ({ ...s, y: Array.from(s.y, shown) }));
  const levels = chart.levels ?? [];
  const range = extent([...curves.map((c) => c.y), levels.map(([value]) => shown(value))]);
  text(ctx, chart.title, box.x + 4, box.y + 6, { color: ink.text });
  drawKey(ctx, chart.series, box.x + box.w - 6, box.y + 6, ink);
  frameBox(ctx, inner, ink);
  if (!range) return;
  const margin = 0.06 * (range[1] - range[0] || 1);
  const above = curves.some((c) => c.y.includes(Infinity)) ? 3 * margin : margin;
  const [low, high] = [range[0] - margin, range[1] + above];
  const y = scale(low, high, inner.y + inner.h, inner.y);
  const last = Math.max(1, ...chart.series.map((s) => s.x.at(-1) ?? 0));
  const x = scale(0, last, inner.x, inner.x + inner.w);
  for (const value of (chart.log ? logTicks : ticks)(low, high, 3)) {
    const words = chart.log ? label(10 ** value) : label(value);
    text(ctx, words, inner.x - 4, y(value), { align: "right", color: ink.text });
  }
  xTicks(ctx, [0, last], x, inner.y + inner.h, ink);
  clip(ctx, inner, () => {
    ctx.strokeStyle = ink.faint;
    ctx.setLineDash(DASHES.dotted);
    ctx.beginPath();
    for (const [value] of levels) {
      segment(ctx, inner.x, y(shown(value)), inner.x + inner.w, y(shown(value)));
    }
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.beginPath();
    if (now < last) segment(ctx, x(now), inner.y, x(now), inner.y + inner.h);
    ctx.stroke();
    for (const [value, words] of levels) {
      const at = y(shown(value));
      text(ctx, words, inner.x + 3, at < inner.y + 12 ? at + 7 : at - 6, { color: ink.grey });
    }
    for (const { color, dash, width = 1.5, alpha = 1, ...c } of curves) {
      curve(ctx, c.y, (i) => x(c.x[i]), y, { color: ink[color], dash, width, alpha });
      infinities(ctx, c.y, (i) => x(c.x[i]), inner.y, ink[color], alpha);
    }
  });
}

/** A triangle at the upper edge for each value that is infinite. */
function infinities(ctx, values, x, top, color, alpha) {
  ctx.save();
  ctx.globalAlpha = alpha;
  ctx.fillStyle = color;
  ctx.beginPath();
  values.forEach((value, i) => {
    if (value !== Infinity) return;
    ctx.moveTo(x(i), top + 1);
    ctx.lineTo(x(i) - 4, top + 8);
    ctx.lineTo(x(i) + 4, top + 8);
  });
  ctx.fill();
  ctx.restore();
}

/** The names of the curves, each after a piece of its line, from the right edge leftwards. */
function drawKey(ctx, series, right, y, ink) {
  let x = right;
  for (const { name, color, dash } of series.filter((s) => s.name).toReversed()) {
    text(ctx, name, x, y, { align: "right", color: ink.text });
    x -= ctx.measureText(name).width + 4;
    const piece = [x - 14, x];
    curve(ctx, [y, y], (i) => piece[i], (v) => v, { color: ink[color], dash, width: 2 });
    x -= 22;
  }
}

// ---------------------------------------------------------------------------- layout

const STAGE = { line: drawLine, plane: drawPlane, images: drawImages };

/** Where everything goes: stages side by side, and charts beside one or below several. */
export function layout(width, kind, runs, charts) {
  const beside = runs === 1 && width >= 560;
  const share = kind === "plane" ? 0.5 : 0.62;
  const room = beside ? Math.round(width * share) : width;
  const stage = Math.round(Math.max(240, Math.min(room / runs, kind === "plane" ? 400 : 340)));
  const stages = Array.from({ length: runs }, (_, i) => ({
    x: (i * room) / runs,
    y: 0,
    w: room / runs - (runs > 1 ? 8 : 0),
    h: stage,
  }));
  const boxes = Array.from({ length: charts }, (_, i) =>
    beside
      ? { x: room + 8, y: (i * stage) / charts, w: width - room - 8, h: stage / charts }
      : { x: (i * width) / charts, y: stage + 8, w: width / charts, h: 120 },
  );
  return { stages, charts: boxes, height: beside || !charts ? stage : stage + 128 };
}

/** The whole picture. */
export function draw(ctx, frame, places, ink) {
  ctx.fillStyle = ink.paper;
  ctx.fillRect(0, 0, places.width, places.height);
  ctx.font = `11px ${ink.font}`;
  frame.runs.forEach((run, i) => {
    const box = places.stages[i];
    STAGE[frame.kind](ctx, run.stage, run.name ? lower(box, 16) : box, ink);
    if (run.name) text(ctx, run.name, box.x + 8, 8, { color: ink.text });
  });
  frame.charts.forEach((chart, i) => {
    drawChart(ctx, chart, frame.iteration, places.charts[i], ink);
  });
}

const lower = (box, by) => ({ ...box, y: box.y + by, h: box.h - by });

/** Pixels of the canvas as a point of the plane, or null outside the stage's square. */
export function toData(px, py, stageBox, [left, right, bottom, top]) {
  const inner = squareIn(stageBox);
  const point = [
    scale(inner.x, inner.x + inner.w, left, right)(px),
    scale(inner.y + inner.h, inner.y, bottom, top)(py),
  ];
  const inside = point[0] >= left && point[0] <= right && point[1] >= bottom && point[1] <= top;
  return inside ? point : null;
}

// ---------------------------------------------------------------------------- the page

/** On what takes the focus: JupyterLab's own shortcuts (arrows, d d, ...) do not act there. */
const OWN_KEYS = { "data-lm-suppress-shortcuts": "true" };

/** A new element with attributes, inside its parent. */
function add(parent, tag, attributes = {}, words = "") {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = words;
  parent.append(element);
  return element;
}

function page(el) {
  const root = add(el, "div", { class: "ganlab" });
  const canvas = add(root, "canvas", { role: "img", tabindex: "0", ...OWN_KEYS });
  const layers = add(root, "div", { class: "layers", role: "group", "aria-label": "Layers" });
  const timeline = add(root, "label", { class: "timeline" });
  add(timeline, "span", {}, "Iteration");
  const range = add(timeline, "input", { type: "range", min: "0", ...OWN_KEYS });
  const where = add(timeline, "span", { "aria-hidden": "true" }); // the slider says it too
  const algorithm = add(root, "section", { class: "algorithm", "aria-label": "Algorithm 1" });
  const lines = add(algorithm, "ol");
  const caption = add(algorithm, "p", { "aria-live": "polite" });
  const numbers = add(algorithm, "p", { class: "numbers" });
  const status = add(root, "p", { class: "status", role: "status" });
  const error = add(root, "p", { class: "error", role: "alert" });
  return { root, canvas, layers, range, where, algorithm, lines, caption, numbers, status, error };
}

/** The colours of the page, which JupyterLab's theme may change at any time. */
function inkOf(root, colors) {
  const style = getComputedStyle(root);
  return {
    ...colors,
    text: style.color,
    paper: style.backgroundColor,
    faint: style.borderTopColor,
    font: style.fontFamily,
  };
}

/** Fill a list element with one item a line, the present one marked. */
function showAlgorithm(dom, walk) {
  dom.algorithm.hidden = !walk;
  if (!walk) return;
  if (dom.lines.children.length !== walk.lines.length) {
    dom.lines.replaceChildren();
    for (const line of walk.lines) add(dom.lines, "li", {}, line);
  }
  [...dom.lines.children].forEach((item, i) => {
    if (i === walk.at) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  });
  setText(dom.caption, walk.caption);
  setText(dom.numbers, walk.numbers.join("    "));
}

/** Change words only where they differ: a screen reader speaks every change. */
function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/** The slider over the states that were kept: one press of an arrow key goes to the next. */
function showTimeline({ range, where }, { kept, iteration }) {
  range.max = kept.length - 1;
  range.value = kept.findLastIndex((i) => i <= iteration);
  const words = `${iteration} of ${Math.max(iteration, ...kept)}`;
  range.setAttribute("aria-valuetext", words);
  setText(where, words);
}

/** The words round the picture. */
function showWords(dom, frame, notice) {
  // Spoken when something was asked for, not thirty times a second.
  dom.status.setAttribute("aria-live", frame.playing ? "off" : "polite");
  setText(dom.status, frame.status);
  if (!frame.playing) dom.canvas.setAttribute("aria-label", frame.description);
  setText(dom.error, notice || frame.error || "");
  dom.error.hidden = !dom.error.textContent;
  showAlgorithm(dom, frame.walk);
  showTimeline(dom, frame);
  dom.root.classList.toggle("drawing", frame.draws);
}

/** A button for each layer, with a piece of its line or its mark as a legend. */
function showLayers(dom, layers, hidden, toggle) {
  const marks = { lines: "⋁", dashdot: "–·–", disc: "○", cross: "×", arrow: "→", mesh: "▦", fill: "■" };
  dom.layers.replaceChildren();
  for (const { key, name, color, mark } of layers) {
    const on = !hidden.includes(key);
    const attributes = { type: "button", "aria-pressed": String(on), ...OWN_KEYS };
    const button = add(dom.layers, "button", attributes);
    const swatch = add(button, "i", { class: mark, "aria-hidden": "true" }, marks[mark] ?? "");
    swatch.style.setProperty("--swatch", color === "text" ? "var(--ink)" : color);
    add(button, "span", {}, name);
    button.addEventListener("click", () => toggle(key));
  }
}

// ---------------------------------------------------------------------------- the widget

/** The kernel goes on while it has word of frames painted not long ago; this is how often. */
const REPORT_EVERY = 5;

/** What the keys do while the picture has the focus. */
const KEYS = { " ": "play", ".": "step", d: "step D", g: "step G", Home: "reset" };
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Sends at most one message before each answer; what comes meanwhile is merged and waits. */
export function courier(say) {
  let busy = false;
  let waiting = null;
  const send = (message) => {
    busy = true;
    waiting = null;
    say(message);
  };
  return {
    post(message, merge = (_, late) => late) {
      if (!busy) send(message);
      else waiting = waiting ? merge(waiting, message) : message;
    },
    answered() {
      busy = false;
      if (waiting) send(waiting);
    },
  };
}

/** The picture: paints the latest frame at the screen's next chance, and drops the others. */
function painter(dom, colors, report) {
  const ctx = dom.canvas.getContext("2d");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const state = { frame: null, width: 0, places: null, painted: 0, pen: null, notice: "" };
  let reported = 0;
  let asked = false;
  let timer = 0;

  function place() {
    const { frame, width } = state;
    const places = layout(width, frame.kind, frame.runs.length, frame.charts.length);
    const ratio = window.devicePixelRatio || 1;
    const [w, h] = [Math.round(width * ratio), Math.round(places.height * ratio)];
    if (dom.canvas.width !== w || dom.canvas.height !== h) {
      Object.assign(dom.canvas, { width: w, height: h });
      dom.canvas.style.height = `${places.height}px`;
    }
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    return { ...places, width };
  }

  function paint() {
    asked = false;
    const { frame } = state;
    // Out of the page there is no theme; back in it, a new width asks again.
    if (!frame || state.width === 0 || !dom.root.isConnected) return;
    state.places = place();
    const ink = inkOf(dom.root, colors());
    draw(ctx, frame, state.places, ink);
    if (frame.draws && state.pen) drawPen(ctx, state.pen, state.places.stages[0], frame, ink);
    showWords(dom, frame, state.notice);
    state.painted += 1;
    Object.assign(dom.root.dataset, { painted: state.painted, iteration: frame.iteration });
    if (frame.number >= reported + REPORT_EVERY || (frame.number > reported && !frame.playing)) {
      reported = frame.number;
      report(reported);
    }
  }

  const soon = () => requestAnimationFrame(paint);
  state.ask = () => {
    if (asked) return;
    asked = true;
    clearTimeout(timer);
    // Who asks for less motion gets two pictures a second.
    if (state.frame?.playing && still.matches) timer = setTimeout(soon, 500);
    else soon();
  };
  return state;
}

/** Where the keyboard's pen is. */
function drawPen(ctx, pen, stageBox, frame, ink) {
  const inner = squareIn(stageBox);
  const [left, right, bottom, top] = frame.runs[0].stage.range;
  const x = scale(left, right, inner.x, inner.x + inner.w)(pen[0]);
  const y = scale(bottom, top, inner.y + inner.h, inner.y)(pen[1]);
  ctx.strokeStyle = ink.text;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  segment(ctx, x - 8, y, x + 8, y);
  segment(ctx, x, y - 8, x, y + 8);
  ctx.stroke();
}

/** Drawing one's own p_data, with the mouse or with arrow keys and Enter. */
function listenToPen(dom, picture, drop) {
  const { canvas } = dom;
  const range = () => picture.frame.runs[0].stage.range;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const at = [event.clientX - box.left, event.clientY - box.top];
    return toData(...at, picture.places.stages[0], range());
  };
  const stroke = (event) => {
    if (!picture.frame?.draws || event.buttons !== 1) return;
    const point = place(event);
    if (point) drop(point);
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (picture.frame?.draws) canvas.setPointerCapture(event.pointerId);
    stroke(event);
  });
  canvas.addEventListener("pointermove", stroke);
  canvas.addEventListener("keydown", (event) => {
    if (!picture.frame?.draws) return;
    const [left, right, bottom, top] = range();
    const pen = picture.pen ?? [(left + right) / 2, (bottom + top) / 2];
    const move = MOVES[event.key];
    if (move) {
      const step = (right - left) / 40;
      picture.pen = [
        within(pen[0] + move[0] * step, left, right),
        within(pen[1] + move[1] * step, bottom, top),
      ];
      picture.ask();
    } else if (event.key === "Enter") drop(pen);
    else return;
    event.preventDefault();
  });
}

function render({ model, el }) {
  const dom = page(el);
  const say = (message) => {
    try {
      model.send(message);
    } catch {
      picture.notice = "The kernel that ran this is gone. Run the cell again.";
      picture.ask();
    }
  };
  const mail = courier(say);
  const picture = painter(
    dom,
    () => model.get("colors"),
    (number) => say({ seen: number }),
  );

  const receive = () => {
    const bytes = model.get("frame");
    if (!bytes?.byteLength) return;
    picture.frame = unpack(bytes);
    picture.ask();
    mail.answered();
  };
  const relayer = () => {
    const hidden = model.get("hidden");
    showLayers(dom, model.get("layers"), hidden, (key) => {
      const rest = hidden.filter((other) => other !== key);
      model.set("hidden", rest.length < hidden.length ? rest : [...hidden, key]);
      model.save_changes();
    });
  };
  const events = { "change:frame": receive, "change:layers": relayer, "change:hidden": relayer };
  for (const [name, act] of Object.entries(events)) model.on(name, act);

  dom.range.addEventListener("input", () => {
    mail.post({ scrub: picture.frame.kept[Number(dom.range.value)] });
  });
  dom.canvas.addEventListener("keydown", (event) => {
    const press = KEYS[event.key];
    if (!press || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    say({ press });
  });
  listenToPen(dom, picture, (point) => {
    mail.post({ draw: [point] }, (early, late) =>
      early.draw && late.draw ? { draw: [...early.draw, ...late.draw] } : late,
    );
  });

  const width = new ResizeObserver(([entry]) => {
    picture.width = Math.floor(entry.contentRect.width);
    picture.ask();
  });
  width.observe(dom.root);
  const theme = new MutationObserver(picture.ask);
  theme.observe(document.body, { attributes: true });

  relayer();
  receive();
  return () => {
    for (const [name, act] of Object.entries(events)) model.off(name, act);
    width.disconnect();
    theme.disconnect();
  };
}

export default { render };
