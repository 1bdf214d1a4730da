# tries: to print for ever through a pipe
# endings: output-limit
# limits: {"wallMs": 4000}
while :; do printf '%08192d' 1; done | cat
