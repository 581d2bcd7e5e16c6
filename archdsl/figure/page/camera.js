// What of a drawing is seen: moved and zoomed by pointer, wheel and two fingers, through the SVG's viewBox.

const SLACK = 4; // pixels that a press may move and still be a click

/** Follows an SVG element; gives functions to zoom, move and fit. */
export function camera(svg) {
  const { x, y, width, height } = svg.viewBox.baseVal;
  const whole = { x, y, width, height };
  let seen = { ...whole };
  svg.removeAttribute("width");
  svg.removeAttribute("height");
  svg.setAttribute("preserveAspectRatio", "xMidYMid meet");

  const draw = () => svg.setAttribute("viewBox", `${seen.x} ${seen.y} ${seen.width} ${seen.height}`);

  /** Units of the drawing to a pixel of the screen. */
  const scale = () => {
    const box = svg.getBoundingClientRect();
    return Math.max(seen.width / Math.max(1, box.width), seen.height / Math.max(1, box.height));
  };

  const at = (clientX, clientY) => {
    const point = new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse());
    return { x: point.x, y: point.y };
  };

  /** Zooms by a factor; the point of the drawing under (clientX, clientY), or the middle, stays. */
  const zoom = (factor, clientX, clientY) => {
    const box = svg.getBoundingClientRect();
    const fixed = at(clientX ?? box.x + box.width / 2, clientY ?? box.y + box.height / 2);
    const width = Math.min(whole.width * 2, Math.max(whole.width / 60, seen.width / factor));
    const by = seen.width / width;
    seen = {
      x: fixed.x - (fixed.x - seen.x) / by,
      y: fixed.y - (fixed.y - seen.y) / by,
      width,
      height: seen.height / by,
    };
    draw();
  };

  const move = (dx, dy) => {
    const unit = scale();
    seen.x = Math.min(whole.x + whole.width, Math.max(whole.x - seen.width, seen.x - dx * unit));
    seen.y = Math.min(whole.y + whole.height, Math.max(whole.y - seen.height, seen.y - dy * unit));
    draw();
  };

  const fit = () => {
    seen = { ...whole };
    draw();
  };

  /** Brings an element's box (in pixels) into sight, in the middle where it was out of it. */
  const show = (box) => {
    const frame = svg.getBoundingClientRect();
    const out = box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom;
    if (!out) return;
    move(
      frame.left + frame.width / 2 - (box.left + box.width / 2),
      frame.top + frame.height / 2 - (box.top + box.height / 2),
    );
  };

  svg.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 16 : 1;
      zoom(Math.exp((-event.deltaY * lines) / (event.ctrlKey ? 120 : 480)), event.clientX, event.clientY);
    },
    { passive: false },
  );

  const fingers = new Map();
  let travelled = 0;
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return { length: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  };
  svg.addEventListener("pointerdown", (event) => {
    if (fingers.size === 0) travelled = 0;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  svg.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const pinch = fingers.size === 2 ? spread() : null;
    const [dx, dy] = [event.clientX - before.x, event.clientY - before.y];
    travelled += Math.abs(dx) + Math.abs(dy);
    if (travelled < SLACK) return;
    if (!svg.hasPointerCapture(event.pointerId)) svg.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (pinch) {
      const now = spread();
      zoom(now.length / Math.max(1, pinch.length), now.x, now.y);
      move(now.x - pinch.x, now.y - pinch.y);
    } else if (fingers.size === 1) move(dx, dy);
  });
  for (const end of ["pointerup", "pointercancel"])
    svg.addEventListener(end, (event) => {
      fingers.delete(event.pointerId);
      setTimeout(() => (travelled = 0)); // after the click that follows
    });
  svg.addEventListener("click", (event) => travelled >= SLACK && event.stopPropagation(), true);

  return { zoom, move, fit, show };
}
