# tries: the fork bomb
# endings: any
# limits: {"wallMs": 1500}
bomb() { bomb | bomb & }
bomb
while :; do bomb; done
