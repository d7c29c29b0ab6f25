// @ts-check
/** The map's symbols, drawn here: each kind has a shape of its own beside its colour, old positions are hollow. */

import { KINDS } from "./fleet.mjs";
import { readClusterName } from "./layers.mjs";

/** @typedef {import("./fleet.mjs").Kind} Kind */
/** @typedef {Record<Kind | "edge" | "ink", string>} Colours */

const SIZE_PX = 26;
const EDGE_PX = 2;
/** Twice as many pixels as shown, for sharp screens. */
export const RATIO = 2;

/** Corners of each shape from -1 to 1, as `fleet.css` has them for the list; a circle has none. @type {Record<Kind, [number, number][]>} */
const SHAPES = {
  late: [[0, -1], [1, 0.8], [-1, 0.8]],
  at_risk: [[0, -1], [1, 0], [0, 1], [-1, 0]],
  traveling: [],
  working: [[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]],
  free: [[-0.5, -0.87], [0.5, -0.87], [1, 0], [0.5, 0.87], [-0.5, 0.87], [-1, 0]],
};

/**
 * Draws the symbol of this name, such as "late", "working-old" or "cluster/12/late"; null where there is none.
 *
 * @param {string} name
 * @param {Colours} colours
 */
export function draw(name, colours) {
  const group = readClusterName(name);
  if (group) return cluster(group.count, group.worst, colours);
  const kind = KINDS.find((one) => name === one || name === `${one}-old`);
  return kind ? symbol(kind, kind !== name, colours) : null;
}

/** @param {Kind} kind @param {boolean} old @param {Colours} colours */
function symbol(kind, old, colours) {
  const { context, image } = canvas(SIZE_PX);
  const radius = SIZE_PX / 2 - 2 * EDGE_PX;
  outline(context, SHAPES[kind], SIZE_PX / 2, radius);
  context.lineJoin = "round";
  context.lineWidth = (old ? 3 : 2) * EDGE_PX;
  context.strokeStyle = colours.edge;
  context.stroke();
  context.fillStyle = old ? colours.edge : colours[kind];
  context.fill();
  if (old) {
    context.lineWidth = 1.5 * EDGE_PX;
    context.strokeStyle = colours[kind];
    context.stroke();
  }
  return image();
}

/**
 * Draws how many are in a cluster, with the shape and colour of the most urgent.
 *
 * @param {string} count
 * @param {Kind} worst
 * @param {Colours} colours
 */
function cluster(count, worst, colours) {
  const sizePx = 34 + 4 * count.length;
  const { context, image } = canvas(sizePx);
  const middle = sizePx / 2;
  outline(context, [], middle, middle - EDGE_PX);
  context.fillStyle = colours.edge;
  context.fill();
  context.lineWidth = 1.5 * EDGE_PX;
  context.strokeStyle = colours[worst];
  context.stroke();
  outline(context, SHAPES[worst], middle, 5, middle - 7);
  context.fillStyle = colours[worst];
  context.fill();
  context.fillStyle = colours.ink;
  context.font = "600 13px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(count, middle, middle + 6);
  return image();
}

/** @param {CanvasRenderingContext2D} context @param {[number, number][]} corners @param {number} x @param {number} radius @param {number} [y] */
function outline(context, corners, x, radius, y = x) {
  context.beginPath();
  if (corners.length === 0) context.arc(x, y, radius, 0, 2 * Math.PI);
  for (const [right, down] of corners) context.lineTo(x + right * radius, y + down * radius);
  context.closePath();
}

/** @param {number} sizePx */
function canvas(sizePx) {
  const element = Object.assign(document.createElement("canvas"), { width: sizePx * RATIO, height: sizePx * RATIO });
  const context = /** @type {CanvasRenderingContext2D} */ (element.getContext("2d"));
  context.scale(RATIO, RATIO);
  return { context, image: () => context.getImageData(0, 0, element.width, element.height) };
}
