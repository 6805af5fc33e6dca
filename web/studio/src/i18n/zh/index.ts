import { canvas } from "./canvas";
import { shell } from "./shell";

export default { shell, canvas };
