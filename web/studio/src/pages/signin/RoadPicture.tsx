import css from "./SignInPage.module.css";

/** A customer's road with its stops, seen from above. */
export function RoadPicture() {
  return (
    <svg viewBox="0 0 520 640" className={css.road} preserveAspectRatio="xMidYMid slice">
      <g fill="none" stroke="#ffffff" strokeOpacity="0.07" strokeWidth="1.4">
        <path d="M-20 120c120-70 250 30 360-20s150-90 240-60" />
        <path d="M-20 180c120-70 250 30 360-20s150-90 240-60" />
        <path d="M-20 250c130-80 240 50 350 0s160-100 250-60" />
        <path d="M-20 470c140-60 210 60 330 10s150-60 260-30" />
        <path d="M-20 540c140-60 210 60 330 10s150-60 260-30" />
        <path d="M-20 610c140-60 210 60 330 10s150-60 260-30" />
      </g>
      <path
        d="M92 566c0-116 300-58 300-188 0-92-214-52-214-152 0-66 92-86 176-86"
        fill="none"
        stroke="#f4efe4"
        strokeWidth="5"
        strokeLinecap="round"
        strokeDasharray="1 13"
      />
      <circle cx="92" cy="566" r="13" fill="#e8b25c" />
      <circle cx="392" cy="378" r="10" fill="#f4efe4" />
      <circle cx="178" cy="226" r="10" fill="#f4efe4" />
      <g transform="translate(354 140)">
        <circle r="13" fill="none" stroke="#f4efe4" strokeWidth="5" />
        <path d="M0-13v-44l34 12-34 13" fill="#e8b25c" />
        <path d="M0-13v-46" stroke="#f4efe4" strokeWidth="4" strokeLinecap="round" />
      </g>
    </svg>
  );
}
