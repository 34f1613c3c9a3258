"""The ground everything stands on: plain records, standard library only, no behaviour of others."""
